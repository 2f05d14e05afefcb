// One finding: what, why, what to do, stacks beside the source, the drawings, the goroutines.

function findingNode(finding) {
  return el('div', { class: 'finding' },
    el('h2', null, el('span', { class: 'badge ' + finding.severity }, finding.code), finding.title),
    el('p', { class: 'facts' }, facts(finding).map((fact) => el('span', null, fact))),
    say(finding.accesses.length === 2 ? 'Nothing orders them:' : 'Why:', finding.why),
    say('Try:', finding.fix),
    section('How it comes about', storyNode(finding)),
    section('Where it happened', stackNodes(finding)),
    section('Timeline', timelineNode(finding)),
    section('Who waits for whom', graphNode(finding)),
    section('Memory', memoryNodes(finding)),
    section('Goroutines', tasksNode(finding)),
    section('Again', againNode(finding)));
}

function facts(finding) {
  const marks = ['predicted', 'confirmed', 'known', 'degraded'].filter((mark) => finding[mark]);
  return [finding.severity, ...marks, place(finding), 'id ' + finding.id];
}

const say = (head, text) => (text ? el('p', { class: 'say' }, el('b', null, head), text) : '');
const section = (head, content) => (content && (!Array.isArray(content) || content.length) ? el('section', null, el('h3', null, head), content) : '');

// -- stacks beside the source -------------------------------------------------------------------------------------------

function sourceNode(frame) {
  const lines = (frame && frame.file && report.sources[frame.file]) || {};
  const items = [];
  for (let n = frame ? frame.line - 5 : 0; frame && n <= frame.line + 5; n++) {
    if (lines[n] === undefined) continue;
    items.push(el('li', { 'data-line': n, class: n === frame.line ? 'here' : undefined, 'aria-current': n === frame.line ? 'line' : undefined },
      n === frame.line ? marked(lines[n], frame.column) : lines[n] || ' '));
  }
  if (!items.length) return el('p', null, frame && frame.file ? 'The source was not there to be read.' : 'There is no debug information for this call.');
  return el('ol', null, items);
}

// The word or operator at the column is underlined. Columns count bytes, from 1.
function marked(line, column) {
  let bytes = 1;
  let at = 0;
  for (const character of line) {
    if (bytes >= column) break;
    bytes += new TextEncoder().encode(character).length;
    at += character.length;
  }
  if (!column || at >= line.length) return [line || ' '];
  const word = /^(->\w+|\+\+|--|\w+|[^])/.exec(line.slice(at))[0];
  return [line.slice(0, at), el('u', null, word), line.slice(at + word.length)];
}

function stackNode(head, stack) {
  const source = el('div', { class: 'source', tabindex: '0', 'aria-label': 'Source' });
  const buttons = stack.map((frame) => el('button', { type: 'button', 'aria-pressed': 'false', click: () => open(frame) },
    el('span', null, frame.function || '?'), frame.inlined ? ' (inlined)' : '', el('br'), el('span', { class: 'place', title: place(frame) }, shortPlace(frame))));

  function open(frame) {
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(stack[i] === frame)));
    source.replaceChildren(sourceNode(frame));
  }
  open(stack[0]);
  const frames = stack.length ? el('ol', { class: 'frames' }, buttons.map((button) => el('li', null, button))) : el('p', { class: 'frames' }, 'No stack is known.');
  return el('div', { class: 'stack' }, el('h3', null, head), el('div', { class: 'beside' }, frames, source));
}

const heldText = (locks) => (locks.length ? 'holding ' + locks.map(lockName).join(' and ') : 'holding no lock');

function accessHead(finding, access, i) {
  const word = (access.atomic ? 'ATOMIC ' : '') + access.kind.toUpperCase();
  const pair = finding.accesses.length === 2;
  const task = taskOf(finding, actorOf(access));
  return [el('b', null, pair ? word : 'HERE'), pair ? (i === 0 ? ' now' : ' earlier') : '', task ? ', by ' + taskName(finding, taskKey(task)) : '',
    task && i > 0 && task.state === 'ended' ? ', which has ended' : '', pair || access.locks.length ? ', ' + heldText(access.locks) : ''];
}

const ROLE = { waits: 'WAITS', holds: 'HELD', adds: 'ADDED', dones: 'DONE', starts: 'STARTED', frees: 'FREED', asks: 'LOCKS',
  sent: 'SENT', received: 'RECEIVED', closed: 'CLOSED', tried_send: 'TRIED TO SEND', tried_receive: 'TRIED TO RECEIVE', undone: 'NOT DONE' };

function partHead(finding, part) {
  const who = part.goroutine ? ' by ' + taskName(finding, actorOf(part)) : '';
  if (part.role === 'undone' && !part.goroutine) return [el('b', null, 'DONE'), part.started === 1 ? ' by the one that was started here' : ' by all ' + part.started + ' that were started here'];
  const alike = ['waits', 'undone'].includes(part.role) && part.count > 1 ? ' and ' + (part.count - 1) + ' like it' : '';
  const times = ['adds', 'dones', 'sent', 'received', 'tried_send', 'tried_receive'].includes(part.role) ? ' ' + part.count + (part.count === 1 ? ' time' : ' times') : '';
  const what = { waits: ' for ', holds: ': ', asks: ' for ', sent: ' on ', received: ' from ', closed: ' ', tried_send: ' on ', tried_receive: ' from ' }[part.role];
  const since = part.waited_ns >= 1e9 ? ', since ' + Math.round(part.waited_ns / 1e9) + ' s' : '';
  const undone = part.role === 'undone' ? ', started here' + (part.started > 1 ? ' as one of ' + part.started : '') + ' (' + taskOf(finding, actorOf(part)).state + ')' : '';
  return [el('b', null, ROLE[part.role]), part.role === 'waits' ? who.replace(' by ', ': ') : who, alike, undone, what ? what + objectName(part) : '', times, since,
    part.locks.length ? ', ' + heldText(part.locks) : ''];
}

function stackNodes(finding) {
  return finding.accesses.map((access, i) => stackNode(accessHead(finding, access, i), finding.stacks[access.stack]))
    .concat((finding.parts || []).map((part) => stackNode(partHead(finding, part), finding.stacks[part.stack])),
      finding.parts_omitted ? [el('p', { class: 'facts' }, '… and ' + finding.parts_omitted + ' more goroutines')] : []);
}

// -- objects, goroutines ---------------------------------------------------------------------------------------------------

function memoryNodes(finding) {
  const object = finding.object;
  const made = (finding.parts || []).find((part) => part.made);
  const nodes = [];
  if (object.name && object.file) nodes.push(say('Declared:', object.name + ' at ' + place(object)));
  if (object.block_size) nodes.push(say('Block:', (object.block_offset !== undefined ? 'byte ' + object.block_offset + ' of ' : '') + object.block_size + (object.memory ? ' on the ' + object.memory : '')));
  if (object.allocated) nodes.push(stackNode('Allocated', object.allocated));
  if (object.freed) nodes.push(stackNode('Freed', object.freed));
  if (made && !object.allocated) nodes.push(stackNode('The ' + made.kind + ' was made', made.made));
  return nodes;
}

function tasksNode(finding) {
  const rows = finding.goroutines.map((task) => el('tr', null,
    el('td', null, String(task.id)), el('td', null, task.name ? '“' + task.name + '”' : ''), el('td', null, el('code', null, task.function || '')), el('td', null, task.state),
    el('td', null, task.created && task.created[0] ? el('code', { title: place(task.created[0]) }, (task.created[0].function || '?') + ' ' + shortPlace(task.created[0])) : ''),
    el('td', null, task.parent ? String(task.parent) : '')));
  const heads = ['Number', 'Name', 'Function', 'State', 'Started at', 'By'];
  return rows.length ? el('table', { class: 'tasks' }, el('thead', null, el('tr', null, heads.map((head) => el('th', { scope: 'col' }, head)))), el('tbody', null, rows)) : '';
}

// The steps of the reduced schedule, as numbered as they are.
function storyNode(finding) {
  if (!finding.story || !finding.story.length) return '';
  const others = finding.decisions - finding.preemptions;
  const count = (n, word) => n + ' ' + word + (n === 1 ? '' : 's');
  const words = [finding.preemptions ? count(finding.preemptions, 'preemption') : '', others ? count(others, 'choice') + ' of who runs next' : ''].filter(Boolean);
  return el('div', null,
    el('p', null, words.length ? 'With ' + words.join(' and ') + ':' : 'Each goroutine running until it waits:'),
    el('ol', { class: 'story', start: String(finding.story[0].step) }, finding.story.map((step) => el('li', null, step.text, step.place ? el('span', { class: 'place' }, ' ' + step.place) : ''))));
}

function againNode(finding) {
  const lines = finding.replay ? [finding.replay] : [];
  if (report.again) lines.push('goro-race ' + (finding.seed !== null ? '--seed ' + finding.seed + ' ' : '') + report.again);
  lines.push('goro-race explain ' + finding.code);
  return el('pre', null, lines.join('\n'));
}
