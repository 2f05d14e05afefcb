// Who waits for whom: goroutines in boxes, what they wait for in ovals. Few are set on a circle, in the order in which one
// leads to the next, so that a cycle is seen as one; many in two columns.

function waitGraph(finding) {
  const nodes = new Map();
  const edges = [];
  const task = (key) => node(key, taskName(finding, key), true);
  const thing = (object, text) => node('o' + object, text, false);

  function node(key, text, isTask) {
    if (!nodes.has(key)) nodes.set(key, { key, text, isTask });
    return nodes.get(key);
  }
  for (const part of finding.parts || []) {
    if (!part.goroutine || !['waits', 'holds', 'asks'].includes(part.role)) continue;
    const who = task(actorOf(part));
    const what = part.object ? thing(part.object, objectName(part)) : thing('none' + actorOf(part), part.kind ? objectName(part) : 'nothing');
    const asks = part.role === 'asks' ? 'asks for' : 'waits for';
    const label = part.count > 1 && part.role === 'waits' ? 'waits, as ' + (part.count - 1) + ' more do' : asks;
    edges.push(part.role !== 'holds' ? { from: who, to: what, kind: 'waits', label } : { from: what, to: who, kind: 'holds', label: 'held by' });
    for (const lock of part.role !== 'holds' ? part.locks : []) {
      edges.push({ from: thing(lock.object, lock.kind + (lock.name ? ' ' + lock.name : '')), to: who, kind: 'holds', label: lock.read ? 'read by' : 'held by' });
    }
  }
  return { nodes: [...nodes.values()], edges };
}

// In the order of a walk along the edges.
function walked(graph) {
  const order = [];
  const seen = new Set();
  function visit(node) {
    if (seen.has(node)) return;
    seen.add(node);
    order.push(node);
    graph.edges.filter((edge) => edge.from === node).forEach((edge) => visit(edge.to));
  }
  graph.nodes.forEach(visit);
  return order;
}

const BOX = { width: 190, height: 38 };

function placeOnCircle(order) {
  const n = order.length;
  const rx = Math.max(190, n * 42);
  const ry = Math.max(70, n * 26);
  order.forEach((node, i) => {
    const angle = (2 * Math.PI * i) / n - Math.PI;
    node.x = rx + BOX.width / 2 + 20 + (n === 1 ? 0 : rx * Math.cos(angle));
    node.y = ry + BOX.height / 2 + 16 + (n === 1 ? 0 : ry * Math.sin(angle));
  });
  return { width: 2 * rx + BOX.width + 40, height: 2 * ry + BOX.height + 32 };
}

function placeInColumns(order) {
  const columns = [order.filter((node) => node.isTask), order.filter((node) => !node.isTask)];
  const rows = Math.max(columns[0].length, columns[1].length);
  columns.forEach((column, c) => column.forEach((node, i) => {
    node.x = BOX.width / 2 + 20 + c * 420;
    node.y = 36 + (i + 0.5) * ((rows * 54) / column.length);
  }));
  return { width: 420 + BOX.width + 40, height: rows * 54 + 72 };
}

// Where the line from the middle of a box towards a point leaves the box.
function edgeOf(node, towards) {
  const dx = towards.x - node.x;
  const dy = towards.y - node.y;
  const scale = Math.min(dx ? (BOX.width / 2 + 4) / Math.abs(dx) : Infinity, dy ? (BOX.height / 2 + 4) / Math.abs(dy) : Infinity);
  return { x: node.x + dx * Math.min(scale, 1), y: node.y + dy * Math.min(scale, 1) };
}

function arrowHead(at, angle, name) {
  return svg('path', { class: name, d: 'M0 0L-10 -5L-10 5Z', transform: `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)}) rotate(${((angle * 180) / Math.PI).toFixed(1)})` });
}

// Two edges between the same two nodes (one waits for what it holds) are bent apart.
function edgeNodes(edge, edges) {
  const twin = edges.some((other) => other.from === edge.to && other.to === edge.from);
  const middle = { x: (edge.from.x + edge.to.x) / 2, y: (edge.from.y + edge.to.y) / 2 };
  const length = Math.hypot(edge.to.x - edge.from.x, edge.to.y - edge.from.y) || 1;
  const bend = twin ? 46 : 0;
  const bent = { x: middle.x - (bend * (edge.to.y - edge.from.y)) / length, y: middle.y + (bend * (edge.to.x - edge.from.x)) / length };
  const start = edgeOf(edge.from, bent);
  const end = edgeOf(edge.to, bent);
  const angle = Math.atan2(end.y - bent.y, end.x - bent.x);
  return [svg('path', { class: edge.kind, d: `M${start.x.toFixed(1)} ${start.y.toFixed(1)}Q${bent.x.toFixed(1)} ${bent.y.toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}` }),
    arrowHead(end, angle, edge.kind + '-head'),
    svg('text', { class: 'small', x: (start.x + 2 * bent.x + end.x) / 4, y: (start.y + 2 * bent.y + end.y) / 4 - 5, 'text-anchor': 'middle' }, edge.label)];
}

function nodeShape(node) {
  const box = { x: node.x - BOX.width / 2, y: node.y - BOX.height / 2, width: BOX.width, height: BOX.height };
  return svg('g', null,
    svg('rect', { ...box, rx: node.isTask ? 5 : BOX.height / 2, class: 'node' + (node.isTask ? '' : ' object') }),
    svg('text', { x: node.x, y: node.y + 5, 'text-anchor': 'middle' }, cut(node.text, 26)), svg('title', null, node.text));
}

function graphNode(finding) {
  const graph = waitGraph(finding);
  if (!graph.edges.length) return '';
  const order = walked(graph);
  const size = order.length <= 12 ? placeOnCircle(order) : placeInColumns(order);
  const words = graph.edges.map((edge) => edge.from.text + ' ' + edge.label + ' ' + edge.to.text).join('; ');
  return el('div', { class: 'drawing' }, svg('svg', { class: 'graph', viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, role: 'img', 'aria-label': words },
    graph.edges.map((edge) => edgeNodes(edge, graph.edges)), order.map(nodeShape)));
}
