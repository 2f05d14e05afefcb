// The list: which findings are shown, and which of them is chosen. Only the rows in sight exist, so that ten thousand cost
// what twenty do.

const ROW = 56;

function List(findings, onChoose) {
  const box = byId('list');
  const rows = byId('rows');
  let shown = findings;
  let chosen = 0;

  function draw() {
    const first = Math.max(0, Math.floor(box.scrollTop / ROW) - 4);
    const last = Math.min(shown.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 4);
    rows.style.height = shown.length * ROW + 'px';
    const nodes = [];
    for (let i = first; i < last; i++) nodes.push(row(shown[i], i));
    if (!shown.length) nodes.push(el('p', { class: 'empty' }, findings.length ? 'No finding matches the filters.' : 'Nothing was found.'));
    rows.replaceChildren(...nodes);
    if (shown.length) box.setAttribute('aria-activedescendant', 'row-' + chosen);
    else box.removeAttribute('aria-activedescendant');
  }

  function row(finding, i) {
    return el('div', {
      class: 'row', id: 'row-' + i, role: 'option', style: 'top:' + i * ROW + 'px', 'aria-selected': String(i === chosen),
      'aria-setsize': shown.length, 'aria-posinset': i + 1, title: finding.title, click: () => choose(i),
    },
    el('div', null, el('b', { class: finding.severity }, finding.code), finding.title),
    el('div', { class: 'where' }, el('bdi', null, (finding.function ? finding.function + '  ' : '') + place(finding))));
  }

  function choose(i) {
    chosen = Math.max(0, Math.min(i, shown.length - 1));
    const top = chosen * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    draw();
    onChoose(shown[chosen]);
  }

  box.addEventListener('scroll', () => requestAnimationFrame(draw));
  window.addEventListener('resize', draw);
  return {
    choose,
    move: (by) => choose(chosen + by),
    focus: () => box.focus(),
    get shown() { return shown; },
    // The chosen finding stays chosen if it still matches.
    show(next) {
      const before = shown[chosen];
      shown = next;
      choose(Math.max(0, next.indexOf(before)));
    },
  };
}

// -- filters ----------------------------------------------------------------------------------------------------------

// What the search looks through: everything of a finding that is a word, put together once, when it is first needed.
function wordsOf(finding) {
  if (!finding.words) {
    const words = [finding.code, finding.severity, finding.id, finding.title, finding.why, finding.fix, finding.object.name];
    for (const stack of finding.stacks) for (const frame of stack) words.push(frame.function, frame.file && place(frame));
    for (const task of finding.goroutines) words.push(task.name, task.function);
    finding.words = words.join('\n').toLowerCase();
  }
  return finding.words;
}

function filesOf(finding) {
  if (!finding.files) finding.files = new Set(finding.stacks.flat().map((frame) => frame.file).concat(finding.file).filter(Boolean));
  return finding.files;
}

function Filters(findings, list) {
  const field = { search: byId('search'), code: byId('code'), severity: byId('severity'), file: byId('file') };

  function offer(select, values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    for (const value of [...counts.keys()].sort()) {
      select.append(el('option', { value }, cut(value, 60) + ' (' + counts.get(value) + ')'));
    }
  }

  function apply() {
    const words = field.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { code, severity, file } = Object.fromEntries(Object.entries(field).map(([name, input]) => [name, input.value]));
    list.show(findings.filter((finding) => (!code || finding.code === code) && (!severity || finding.severity === severity) &&
      (!file || filesOf(finding).has(file)) && words.every((word) => wordsOf(finding).includes(word))));
    byId('summary').textContent = sayCount(findings, list.shown);
  }

  offer(field.code, findings.map((finding) => finding.code));
  offer(field.severity, findings.map((finding) => finding.severity));
  offer(field.file, findings.flatMap((finding) => [...filesOf(finding)]));
  for (const name in field) field[name].addEventListener('input', apply);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('filters').addEventListener('reset', () => setTimeout(apply));
  return { apply };
}

function sayCount(findings, shown) {
  const program = report.again || report.program ? ' in ' + cut(report.again || report.program, 90) : '';
  const all = findings.length + (findings.length === 1 ? ' finding' : ' findings') + program;
  const degraded = report.degraded ? '. The program had to give something up: findings may be missing' : '';
  return (shown.length === findings.length ? all : shown.length + ' of ' + all) + degraded;
}
