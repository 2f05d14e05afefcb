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

// Threads are counted apart from goroutines: a key tells 'g2' from 't2'.
const keyOf = (id, thread) => id && (thread ? 't' : 'g') + id;
const taskKey = (task) => keyOf(task.id, task.kind === 'thread');
const actorOf = (thing) => keyOf(thing.goroutine, thing.thread); // of an access, a part or a moment
const taskOf = (finding, key) => finding.goroutines.find((task) => taskKey(task) === key);

function taskName(finding, key) {
  const task = taskOf(finding, key);
  const name = (key[0] === 't' ? 'thread ' : 'goroutine ') + key.slice(1);
  if (!task) return name + (key === 'g1' ? ' (main)' : '');
  if (task.name) return name + ' “' + task.name + '”';
  return name + (task.function ? ' (' + task.function + ')' : '');
}

function lockName(lock) {
  return (lock.name || 'a ' + lock.kind) + (lock.read ? ' for reading' : '');
}

function objectName(thing) {
  if (thing.cases) return thing.cases + ' cases of a select';
  return (thing.kind || 'object') + (thing.name ? ' ' + thing.name : '');
}
