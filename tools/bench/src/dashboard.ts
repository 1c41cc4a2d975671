import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { type Figure, median, round } from './figure.ts';
import { withPage } from './page.ts';
import { makeRunDirectories } from './run-directories.ts';
import type { Workbench } from './workbench.ts';

const CHROMIUM = '/usr/bin/chromium';
const ROUNDS = 5;
const RUNS = 10_000;

const PAGE = {
  file: 'dashboard',
  group: 'dashboard',
  title: 'The dashboard: until there is a list, and until a change is in it',
  notes: `The run directories are those of a plan in progress, on a memory file system where there is one. The first paint is that
of the line that says that they are read; the start of the server is until it prints the address.`,
};

/** `mixlab dashboard` over 10,000 run directories in a real browser: until there is a list, and until a change is in it. */
export async function measureDashboard(workbench: Workbench): Promise<Figure[]> {
  if (!existsSync(CHROMIUM)) {
    console.log(`  left out: there is no ${CHROMIUM}`);
    return [];
  }
  const { stdout: beside } = await execa(CHROMIUM, ['--version']);
  return withPage(workbench.root, { ...PAGE, beside: beside.trim() }, () => measure(workbench));
}

async function measure({ root, scratch }: Workbench): Promise<Figure[]> {
  const home = join(scratch, 'dashboard');
  makeRunDirectories(home, RUNS);
  const mixlab = join(root, 'apps/cli/bin/mixlab.mjs');
  const began = performance.now();
  const dashboard = execa(process.execPath, [mixlab, 'dashboard', '--open=false'], { cwd: home });
  const url = await new Promise<string>((come, fail) => {
    dashboard.stdout.on('data', (text: Buffer) => come(String(text).trim()));
    dashboard.catch(fail);
  });
  const start = performance.now() - began;
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  try {
    const loads: { paint: number; list: number }[] = [];
    for (let i = 0; i < ROUNDS; i++) loads.push(await load(browser, url));
    const lines = await changes(browser, url, home);
    const seconds = (values: readonly number[]) => round(median(values) / 1000);
    return [
      {
        name: `the dashboard's list over ${RUNS.toLocaleString('en')} run directories, from opening the page`,
        ratio: 'seconds',
        value: seconds(loads.map(({ list }) => list)),
        limit: 2,
        n: ROUNDS,
        medians: {
          'first paint (s)': seconds(loads.map(({ paint }) => paint)),
          'start of the server (s)': round(start / 1000),
        },
      },
      {
        name: 'a new line of output on the page of a run',
        ratio: 'seconds',
        value: seconds(lines),
        limit: 2,
        n: ROUNDS,
        medians: {},
      },
    ];
  } finally {
    await browser.close();
    dashboard.kill('SIGINT');
    await dashboard.catch(() => undefined);
  }
}

async function load(browser: Browser, url: string): Promise<{ paint: number; list: number }> {
  const page = await browser.newPage();
  const began = performance.now();
  await page.goto(url);
  await page.getByText(`${RUNS} of ${RUNS} trials`).waitFor();
  const list = performance.now() - began;
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  await page.close();
  return { paint, list };
}

async function changes(browser: Browser, url: string, home: string): Promise<number[]> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole('grid').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Output' }).waitFor();
  const run = await page.getByRole('heading', { level: 1 }).textContent();
  const took: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const began = performance.now();
    appendFileSync(join(home, 'work_dirs/many', run ?? '', 'trial1/attempts/1.log'), `line ${i} of output\n`);
    await page.getByText(`line ${i} of output`).waitFor();
    took.push(performance.now() - began);
  }
  await page.close();
  return took;
}
