// check.js BROWSER FOLDER: uses the reports in FOLDER as a reader would, and says what is not as it should be.
'use strict';
const { chromium } = require('playwright-core');
const path = require('path');

let checks = 0;
let faults = 0;
function same(title, expected, found) {
  checks++;
  if (JSON.stringify(expected) === JSON.stringify(found)) return;
  faults++;
  console.log(`${title}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}
const holds = (title, found) => same(title, true, Boolean(found));

// A page opened from disk; whatever it asks for besides itself, and whatever it complains of, is a fault.
async function open(browser, folder, name, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = 'file://' + path.join(folder, name + '.html');
  page.on('request', (request) => same(name + ': no request', url, request.url()));
  page.on('console', (message) => same(name + ': no word in the console', '', message.type() + ' ' + message.text()));
  page.on('pageerror', (error) => same(name + ': no error', '', error.message));
  await page.goto(url);
  return page;
}

const options = (page) => page.locator('[role=option]').count();
const title = (page) => page.locator('#detail h2').textContent();
const chosen = (page) => page.locator('[role=option][aria-selected=true]').getAttribute('aria-posinset');

async function race(page) {
  holds('race: several findings', (await options(page)) > 1);
  holds('race: its title', (await title(page)).startsWith('GR001data race on words'));
  same('race: two stacks', 2, await page.locator('#detail section', { hasText: 'Where it happened' }).locator('.stack').count());
  holds('race: the line is beside it', (await page.locator('#detail .source li.here').first().textContent()).includes('m->used'));
  holds('race: lines around it', (await page.locator('#detail .source').first().locator('li').count()) > 5);
  holds('race: why', (await page.locator('#detail').textContent()).includes('Nothing orders them:'));
  holds('race: where started', (await page.locator('#detail table.tasks').textContent()).includes('main racy_map.c:41'));
  // another call of the stack shows other lines
  const before = await page.locator('#detail .source').first().textContent();
  await page.locator('#detail .frames').first().locator('button').nth(1).click();
  holds('race: the caller is shown', (await page.locator('#detail .source').first().textContent()) !== before);
  // the timeline: a lane for each goroutine, the two accesses and the gap between them
  const timeline = page.locator('svg.timeline');
  holds('timeline: lanes', (await timeline.locator('line.lane').count()) >= 2);
  same('timeline: the accesses', 2, await timeline.locator('circle.access').count());
  same('timeline: the gap', 1, await timeline.locator('line.gap').count());
  holds('timeline: arrows of the starts', (await timeline.locator('line.arrow').count()) >= 1);
  holds('timeline: told to who cannot see it', (await timeline.getAttribute('aria-label')).includes('starts'));
  same('race: no graph', 0, await page.locator('svg.graph').count());
}

// What was said before the two accesses: arrows of locks and channels, the earlier access in its place among them.
async function sync(page) {
  const timeline = page.locator('svg.timeline');
  const words = await timeline.getAttribute('aria-label');
  same('sync: who started whom', 2, await timeline.locator('line.arrow.start').count());
  holds('sync: arrows of who told whom', (await timeline.locator('line.arrow.tells').count()) >= 2);
  holds('sync: their heads', (await timeline.locator('path.arrowhead').count()) === (await timeline.locator('line.arrow').count()));
  holds('sync: a job by a channel', / receive from channel jobs sync\.c:\d+, and hears goroutine 1 .* by that: send to channel jobs/.test(words));
  holds('sync: the mutex from hand to hand', / lock mutex mu sync\.c:\d+, and hears goroutine \d .* by that: unlock mutex mu/.test(words));
  holds('sync: told in words below', (await page.locator('.legend').textContent()).includes('who heard whom'));
  const drawn = await page.evaluate(() => report.findings.filter((finding) => finding.accesses.length === 2).map((finding) => {
    const events = timelineEvents(finding);
    const earlier = events.findIndex((event) => event.access === 1);
    const later = events.findIndex((event) => event.access === 0);
    const knows = new Set([events[earlier].goroutine]); // who has heard of the earlier access, going down
    const told = new Set();
    let path = false;
    events.slice(earlier + 1).forEach((event) => {
      if (told.has(event.from)) knows.add(event.goroutine);
      if (!knows.has(event.goroutine)) return;
      told.add(event);
      if (event.to) knows.add(event.to);
      path ||= event.access === 0;
    });
    const upwards = events.some((event, i) => event.from && events.indexOf(event.from) >= i);
    return { order: earlier >= 0 && earlier < later, last: later === events.length - 1, between: later - earlier > 1, path, upwards };
  }));
  holds('sync: races', drawn.length > 0);
  for (const finding of drawn) same('sync: drawn as it was', { order: true, last: true, between: true, path: false, upwards: false }, finding);
}

async function filters(page) {
  const all = await options(page);
  await page.fill('#search', 'words.used');
  const some = await options(page);
  holds('search: fewer', some > 0 && some < all);
  holds('search: said', (await page.locator('#summary').textContent()).startsWith(some + ' of ' + all));
  await page.fill('#search', 'count_words slot');
  holds('search: all words must match', (await options(page)) > 0);
  await page.fill('#search', 'nothing like it');
  same('search: none', 0, await options(page));
  holds('search: none is said', (await page.locator('#list').textContent()).includes('No finding matches'));
  await page.click('#clear');
  await page.waitForFunction((n) => document.querySelectorAll('[role=option]').length === n, all);
  await page.selectOption('#code', 'GR001');
  same('code: all are', all, await options(page));
  await page.selectOption('#severity', 'error');
  same('severity: all are', all, await options(page));
  await page.selectOption('#file', { index: 1 });
  same('file: all are', all, await options(page));
}

async function keys(page) {
  const all = await options(page);
  same('keys: the first is chosen', '1', await chosen(page));
  await page.keyboard.press('j');
  same('keys: j', '2', await chosen(page));
  const second = await title(page);
  await page.keyboard.press('k');
  same('keys: k', '1', await chosen(page));
  holds('keys: the finding follows', (await title(page)) !== second);
  await page.keyboard.press('ArrowDown');
  same('keys: arrow', '2', await chosen(page));
  await page.keyboard.press('G');
  same('keys: G', String(all), await chosen(page));
  await page.keyboard.press('g');
  same('keys: g', '1', await chosen(page));
  const focus = () => page.evaluate(() => document.activeElement.id);
  await page.keyboard.press('Enter');
  same('keys: Enter reads', 'detail', await focus());
  await page.keyboard.press('Escape');
  same('keys: Escape comes back', 'list', await focus());
  await page.keyboard.press('/');
  same('keys: / searches', 'search', await focus());
  await page.keyboard.type('slot');
  const some = await options(page);
  holds('keys: typing filters', some > 0 && some < all);
  await page.keyboard.press('Escape');
  same('keys: Escape clears', all, await options(page));
  await page.keyboard.press('Escape');
  same('keys: Escape leaves', 'list', await focus());
  await page.keyboard.press('?');
  holds('keys: ? shows them', await page.locator('#help').isVisible());
  for (const key of ['j', '/', 'Enter', 'Escape']) holds('keys: told: ' + key, (await page.locator('#help').textContent()).includes(key));
  await page.keyboard.press('Escape');
  holds('keys: Escape closes', !(await page.locator('#help').isVisible()));
}

// The contrast of text on its ground, as WCAG 2 has it, for each text colour there is.
const contrasts = (page) => page.evaluate(() => {
  const channel = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (rgb) => { const [r, g, b] = rgb.match(/[\d.]+/g).map(Number).map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const probe = document.body.appendChild(document.createElement('i'));
  const value = (name) => { probe.style.color = `var(--${name})`; return light(getComputedStyle(probe).color); };
  const low = [];
  for (const text of ['text', 'dim', 'accent', 'error', 'warning', 'note']) {
    for (const ground of ['bg', 'panel']) {
      const [a, b] = [value(text), value(ground)].sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) low.push(text + ' on ' + ground);
    }
  }
  probe.remove();
  return low;
});

async function colours(browser, folder) {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const seen = {};
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(browser, folder, 'race', { colorScheme });
    seen[colorScheme] = await ground(page);
    same('contrast in ' + colorScheme, [], await contrasts(page));
    const picture = await page.screenshot({ path: path.join(folder, 'race-' + colorScheme + '.png') });
    holds('a picture in ' + colorScheme, picture.length > 20000);
    for (const wanted of ['light', 'dark']) {
      await page.keyboard.press('t');
      same(`t over ${colorScheme}: ${wanted}`, wanted, await page.evaluate(() => document.documentElement.dataset.theme));
      seen[wanted + ' over ' + colorScheme] = await ground(page);
    }
    await page.context().close();
  }
  holds('light and dark differ', seen.light !== seen.dark);
  same('light chosen over dark', seen.light, seen['light over dark']);
  same('dark chosen over light', seen.dark, seen['dark over light']);
}

async function cycle(page) {
  const graph = page.locator('svg.graph');
  same('cycle: goroutines and locks', 4, await graph.locator('rect.node').count());
  same('cycle: waits', 2, await graph.locator('path.waits').count());
  same('cycle: holds', 2, await graph.locator('path.holds').count());
  const words = await graph.getAttribute('aria-label');
  for (const part of ['waits for mutex right', 'mutex right held by', 'waits for mutex left', 'mutex left held by']) holds('cycle: ' + part, words.includes(part));
  holds('cycle: locks held on the timeline', (await page.locator('svg.timeline').textContent()).includes('lock mutex left'));
  same('cycle: from lock to wait', 2, await page.locator('svg.timeline line.held').count());
}

async function hostile(page) {
  holds('hostile: drawn', (await title(page)).includes('counter'));
  same('hostile: nothing was run', 'undefined', await page.evaluate(() => typeof window.hit));
  same('hostile: no element of theirs', 0, await page.locator('img, #detail script, nav script').count());
  same('hostile: three scripts at most', 2, await page.locator('script').count());
  const text = await page.locator('#detail').textContent();
  holds('hostile: the name is text', text.includes('</script><script>hit()</script>'));
  holds('hostile: the source is text', text.includes('/* </script><script>window.hit = 1</script><!-- --> &lt; */'));
  holds('hostile: the folder is text', text.includes('<img src=x onerror=hit()>/a&b"c.c'));
  holds('hostile: no escape sequence', !(await page.content()).includes('\x1b'));
}

// What may take time is measured against what it must not depend on: rows that exist are few, whatever the list's length.
async function many(page) {
  holds('many: counted', (await page.locator('#summary').textContent()).startsWith('10000 findings'));
  holds('many: few rows exist', (await options(page)) < 60);
  await page.keyboard.press('G');
  same('many: the last', '10000', await chosen(page));
  holds('many: few rows at the end', (await options(page)) < 60);
  const took = await page.evaluate(() => {
    const search = document.getElementById('search');
    const times = [];
    for (const text of ['x', 'deposit', 'deposit counter', '']) {
      const before = performance.now();
      search.value = text;
      search.dispatchEvent(new Event('input'));
      times.push(Math.round(performance.now() - before));
    }
    return times;
  });
  console.log('10,000 findings filtered in ' + took.join(', ') + ' ms');
  await page.fill('#search', 'no such words');
  same('many: none', 0, await options(page));
}

async function print(page, folder) {
  const all = await options(page);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  same('print: each finding', all, await page.locator('#printed .finding').count());
  holds('print: no list', !(await page.locator('#list').isVisible()));
  holds('print: dark on light', await page.evaluate(() => getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'));
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  const pdf = await page.pdf({ path: path.join(folder, 'race.pdf') });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
  holds('print: at least a page a finding', pages >= all);
}

async function main() {
  const [executablePath, folder] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  const use = async (name, test, settings) => {
    const page = await open(browser, folder, name, settings);
    await test(page, folder);
    await page.context().close();
  };
  await use('race', race);
  await use('sync', sync);
  await use('race', filters);
  await use('race', keys);
  await colours(browser, folder);
  await use('cycle', cycle);
  await use('hostile', hostile);
  await use('many', many);
  await use('race', print, { colorScheme: 'dark' });
  await use('race', (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth).then((fits) => holds('narrow: fits', fits)), { viewport: { width: 480, height: 800 } });
  await use('none', async (page) => holds('none: said', (await page.locator('#detail').textContent()).includes('Nothing was found')));
  await browser.close();
  console.log(`${checks} checks, ${faults} failed`);
  process.exit(faults ? 1 : 0);
}
main();
