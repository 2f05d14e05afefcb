// Small things that the rest is made of. All text from the program reaches the page by textContent or setAttribute: there
// is no other way in, so nothing of it can be taken for markup.

const SVG = 'http://www.w3.org/2000/svg';

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function fill(node, attributes, children) {
  for (const name in attributes || {}) {
    if (typeof attributes[name] === 'function') node.addEventListener(name, attributes[name]);
    else if (attributes[name] !== undefined) node.setAttribute(name, attributes[name]);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== ''));
  return node;
}

const byId = (id) => document.getElementById(id);
const cut = (text, n) => (text.length > n ? text.slice(0, n - 1) + '…' : text);

// -- how things are called ----------------------------------------------------------------------------------------

const place = (frame) => (frame.file ? frame.file + ':' + frame.line : frame.module || '?');
// The folder is told by a tooltip: long paths push everything else aside.
const shortPlace = (frame) => (frame.file ? lastPart(frame.file) + ':' + frame.line : place(frame));
const lastPart = (path) => path.slice(path.lastIndexOf('/') + 1);
const taskOf = (finding, id) => finding.goroutines.find((task) => task.id === id);

function taskName(finding, id) {
  const task = taskOf(finding, id);
  const kind = task && task.kind === 'thread' ? 'thread ' : 'goroutine ';
  if (!task) return kind + id + (id === 1 ? ' (main)' : '');
  if (task.name) return kind + id + ' “' + task.name + '”';
  return kind + id + (task.function ? ' (' + task.function + ')' : '');
}

function lockName(lock) {
  return (lock.name || 'a ' + lock.kind) + (lock.read ? ' for reading' : '');
}

function objectName(thing) {
  if (thing.cases) return thing.cases + ' cases of a select';
  return (thing.kind || 'object') + (thing.name ? ' ' + thing.name : '');
}
