// Starts the page: the data, the theme, the keys, printing.

const report = JSON.parse(byId('data').textContent);

function Theme() {
  const names = ['auto', 'light', 'dark'];
  const button = byId('theme');
  let theme = 'auto';
  try { theme = localStorage.getItem('goro-theme') || theme; } catch (error) { /* a browser that keeps nothing for files */ }

  function apply() {
    if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.dataset.theme = theme;
    button.textContent = theme[0].toUpperCase() + theme.slice(1);
    button.setAttribute('aria-label', 'Colours: ' + (theme === 'auto' ? 'as the system' : theme));
    try { localStorage.setItem('goro-theme', theme); } catch (error) { /* as above */ }
  }
  function next() {
    theme = names[(names.indexOf(theme) + 1) % names.length];
    apply();
  }
  button.addEventListener('click', next);
  apply();
  return { next };
}

function start() {
  const findings = report.findings;
  const detail = byId('detail');
  const help = byId('help');
  const search = byId('search');
  let drawn;

  const list = List(findings, (finding) => {
    if (finding === drawn && drawn) return;
    drawn = finding;
    detail.replaceChildren(finding ? findingNode(finding) : el('p', { class: 'empty' }, findings.length ? 'No finding matches the filters.' : 'Nothing was found.'));
    detail.scrollTop = 0;
  });
  const filters = Filters(findings, list);
  const theme = Theme();

  const keys = {
    j: () => list.move(1), ArrowDown: () => list.move(1), k: () => list.move(-1), ArrowUp: () => list.move(-1),
    g: () => list.choose(0), Home: () => list.choose(0), G: () => list.choose(Infinity), End: () => list.choose(Infinity),
    Enter: () => detail.focus(), '/': () => search.focus(), Escape: () => list.focus(), t: theme.next, '?': () => help.showModal(),
  };
  // The arrows scroll what is being read, Enter presses what has the focus.
  const onlyInList = new Set(['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter']);

  document.addEventListener('keydown', (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (target === search) {
      if (event.key === 'Escape' && search.value) { search.value = ''; filters.apply(); event.preventDefault(); }
      else if (event.key === 'Escape' || event.key === 'Enter') { list.focus(); event.preventDefault(); }
      return;
    }
    if (target.matches('select')) { if (event.key === 'Escape') list.focus(); return; }
    if (!Object.hasOwn(keys, event.key)) return;
    if (onlyInList.has(event.key) && target !== byId('list') && target !== document.body) return;
    event.preventDefault();
    keys[event.key]();
  });
  byId('keys').addEventListener('click', () => help.showModal());

  // On paper: what the filters leave, each whole, up to a number that a printer survives.
  window.addEventListener('beforeprint', () => byId('printed').replaceChildren(...list.shown.slice(0, 100).map(findingNode),
    list.shown.length > 100 ? el('p', null, 'The first 100 of ' + list.shown.length + ' findings.') : ''));
  window.addEventListener('afterprint', () => byId('printed').replaceChildren());

  filters.apply();
  list.focus();
}

start();
