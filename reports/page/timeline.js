// The goroutines of a finding as lanes, time from top to bottom: who started whom, what they did to channels, locks and
// WaitGroups, who heard whom by it, and the accesses or waits. What happened before comes from report.histories (history.c)
// where the run has told it; else from what the finding itself knows.

const LANE = { width: 250, top: 58, row: 30, left: 30 };

const whereOf = (frame) => (frame ? ' ' + lastPart(place(frame)) : '');

// -- events: { goroutine (a key, as `to`), text, to?: whom it starts, from?: the event it hears, locks?, unlocks?, access?, skipped? } ------

function timelineEvents(finding) {
  const history = report.histories && report.histories[finding.id];
  const events = history ? toldEvents(finding, history) : knownEvents(finding);
  if (finding.accesses.length) events.push(accessEvent(finding, 0));
  else for (const part of finding.parts || []) if (['waits', 'asks'].includes(part.role) && part.goroutine) events.push(waitEvent(finding, part));
  return events;
}

function accessEvent(finding, i) {
  const access = finding.accesses[i];
  const what = finding.accesses.length === 2 ? (access.atomic ? 'atomic ' : '') + access.kind : finding.code;
  return { goroutine: actorOf(access), text: what + whereOf(finding.stacks[access.stack][0]), access: i };
}

function waitEvent(finding, part) {
  return { goroutine: actorOf(part), text: (part.role === 'asks' ? 'asks for ' : 'waits for ') + objectName(part) + whereOf(finding.stacks[part.stack][0]), access: 2 };
}

const startText = (id, thread) => 'starts ' + (thread ? 'thread ' : '') + id;
const startEvents = (finding) => finding.goroutines.filter((task) => task.parent).map((task) => (
  { goroutine: keyOf(task.parent, task.parent_thread), to: taskKey(task), text: startText(task.id, task.kind === 'thread') + (task.created ? whereOf(task.created[0]) : '') }));

// The moments of the history, with the earlier access among them, and before them the starts that they no longer have.
function toldEvents(finding, history) {
  const moments = history.moments.map((moment) => ({
    ...moment, goroutine: actorOf(moment), to: keyOf(moment.to, moment.to_thread), from: undefined,
    text: (moment.to ? startText(moment.to, moment.to_thread) : moment.text) + (moment.at ? ' ' + lastPart(moment.at) : ''),
  }));
  history.moments.forEach((moment, i) => { if (moment.from !== undefined) moments[i].from = moments[moment.from]; });
  const started = new Set(moments.map((moment) => moment.to));
  const events = startEvents(finding).filter((event) => !started.has(event.to)).concat(moments.slice(0, history.earlier));
  if (finding.accesses.length === 2) events.push(accessEvent(finding, 1));
  return events.concat(moments.slice(history.earlier));
}

function knownEvents(finding) {
  const events = startEvents(finding);
  const taken = (who, locks) => locks.forEach((lock) => events.push({
    goroutine: who, locks: lock.object, text: 'locks ' + lockName(lock) + (lock.taken ? whereOf(lock.taken[0]) : ''),
  }));
  if (finding.accesses[1]) {
    taken(actorOf(finding.accesses[1]), finding.accesses[1].locks);
    events.push(accessEvent(finding, 1));
  }
  if (finding.accesses[0]) taken(actorOf(finding.accesses[0]), finding.accesses[0].locks);
  for (const part of finding.parts || []) if (['waits', 'asks'].includes(part.role) && part.goroutine) taken(actorOf(part), part.locks);
  return events;
}

// -- drawing -------------------------------------------------------------------------------------------------------------

function timelineNode(finding) {
  const events = timelineEvents(finding);
  const ids = [...new Set(events.flatMap((event) => [event.goroutine, event.to]).filter(Boolean))].sort((a, b) => a.slice(1) - b.slice(1)).slice(0, 12);
  const kept = events.filter((event) => ids.includes(event.goroutine));
  if (!ids.length || (kept.length < 2 && !finding.parts)) return '';
  const x = (id) => LANE.left + ids.indexOf(id) * LANE.width;
  const y = (i) => LANE.top + i * LANE.row;
  const size = { width: LANE.left + ids.length * LANE.width, height: y(kept.length) + 10 };
  const drawing = svg('svg', { class: 'timeline', viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, role: 'img', 'aria-label': spoken(finding, kept) });
  drawing.append(...ids.flatMap((id) => laneNodes(finding, id, x(id), kept, y, size.height)));
  kept.forEach((event, i) => drawing.append(...arrowNodes(event, i, kept, ids, x, y)));
  const gap = gapNodes(kept, x, y);
  kept.forEach((event, i) => drawing.append(...eventNodes(event, x(event.goroutine), y(i))));
  drawing.append(...gap);
  return [el('div', { class: 'drawing' }, drawing), el('p', { class: 'legend' }, legend(gap.length, kept))];
}

function spoken(finding, events) {
  const heard = (event) => (event.from ? ', and hears ' + taskName(finding, event.from.goroutine) + ' by that: ' + event.from.text : '');
  return events.map((event) => taskName(finding, event.goroutine) + ' ' + event.text + heard(event)).join('; ');
}

function legend(gap, events) {
  return 'Time goes down. Arrows: who started whom' + (events.some((event) => event.from) ? ', and who heard whom by a lock, channel or the like' : '') + '. Thick: a lock is held.' +
    (gap ? ' Dashed in red: the two accesses that nothing orders: no way along lanes and arrows leads from one to the other.' : '') +
    (events.some((event) => event.skipped) ? ' Dots in a lane: operations are left out there.' : '');
}

function laneNodes(finding, id, x, events, y, bottom) {
  const task = taskOf(finding, id);
  const born = events.findIndex((event) => event.to === id);
  const top = born < 0 ? LANE.top - 22 : y(born);
  return [
    svg('text', { class: 'head', x: x - 12, y: 18 }, cut(taskName(finding, id), 32), svg('title', null, taskName(finding, id))),
    svg('text', { class: 'small', x: x - 12, y: 33 }, task ? task.state : ''),
    svg('line', { class: 'lane' + (task && task.state === 'ended' ? ' dead' : ''), x1: x, x2: x, y1: top, y2: bottom - 8 }),
    ...heldNodes(id, x, events, y),
  ];
}

// From each lock to its unlock, or to the last access or wait of the lane if there is none.
function heldNodes(id, x, events, y) {
  const mine = (event) => event.goroutine === id;
  return events.flatMap((event, i) => {
    if (!mine(event) || event.locks === undefined) return [];
    let end = events.findIndex((later, k) => k > i && mine(later) && later.unlocks === event.locks);
    if (end < 0) end = events.findLastIndex((later, k) => k > i && mine(later) && later.access !== undefined);
    return end < 0 ? [] : [svg('line', { class: 'held', x1: x, x2: x, y1: y(i), y2: y(end) })];
  });
}

// Arrows to whom the event starts, and from the event that it hears.
function arrowNodes(event, i, events, ids, x, y) {
  const nodes = [];
  const draw = (from, to, name) => nodes.push(svg('line', { class: 'arrow ' + name, x1: from.x, y1: from.y, x2: to.x, y2: to.y }),
    arrowHead(to, Math.atan2(to.y - from.y, to.x - from.x), 'arrowhead'));
  const end = (id, from, lower) => ({ x: x(id) + (x(id) > from ? -7 : 7), y: y(i) + lower });
  if (event.to && ids.includes(event.to)) draw({ x: x(event.goroutine), y: y(i) }, end(event.to, x(event.goroutine), 12), 'start');
  const source = events.indexOf(event.from);
  if (source >= 0) draw({ x: x(event.from.goroutine), y: y(source) }, end(event.goroutine, x(event.from.goroutine), 0), 'tells');
  return nodes;
}

function eventNodes(event, x, y) {
  const access = event.access !== undefined ? ' access' : '';
  return [event.skipped ? svg('line', { class: 'skipped', x1: x, x2: x, y1: y - LANE.row + 9, y2: y - 9 }) : '',
    svg('circle', { class: 'dot' + access, cx: x, cy: y, r: access ? 6 : 4 }),
    svg('text', { class: access ? '' : 'small', x: x + 12, y: y + (event.to ? -7 : 4) }, cut(event.text, 32), svg('title', null, event.text))].filter(Boolean);
}

function gapNodes(events, x, y) {
  const a = events.findIndex((event) => event.access === 1);
  const b = events.findIndex((event) => event.access === 0);
  if (a < 0 || b < 0 || events[a].goroutine === events[b].goroutine) return [];
  return [svg('line', { class: 'gap', x1: x(events[a].goroutine), y1: y(a), x2: x(events[b].goroutine), y2: y(b) })];
}
