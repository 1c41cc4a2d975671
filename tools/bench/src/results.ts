import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, median, round } from './figure.ts';
import { findLogs, writeLog } from './logs.ts';
import { withPage } from './page.ts';
import { makeRunDirectories } from './run-directories.ts';
import type { Workbench } from './workbench.ts';

const ROUNDS = 3;
const LOGS = 200;
const RUNS = 10_000;
/** Lines of training an epoch of logs of about 20 MB and 2 GB. */
const SMALL = 420;
const LARGE = 42_000;

const PAGE = {
  file: 'logs',
  group: 'results',
  title: 'Logs: what reading them costs',
  notes:
    'Logs lie on a memory file system where there is one. The summary is that of `find_val_max_3times_average`.',
};

/** Reading logs beside `wc -l` and plain Python, again and with many lines; `mixlab table`. Writes its own page. */
export function measureResults(workbench: Workbench): Promise<Figure[]> {
  return withPage(workbench.root, PAGE, async () => [
    ...(await logs(workbench)),
    await memory(workbench),
    await table(workbench),
  ]);
}

async function logs(workbench: Workbench): Promise<Figure[]> {
  const folder = join(workbench.scratch, 'logs');
  // Three repeats an experiment, as OpenMixup's tool takes them.
  for (let index = 0; index < LOGS; index++)
    writeLog(join(folder, `exp${Math.floor(index / 3)}`, `2026010${(index % 3) + 1}_000000.log.json`), 50);
  const files = findLogs(folder);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const wc = async () => {
    const start = performance.now();
    await execa('wc', ['-l', ...files], { stdout: 'ignore' });
    return performance.now() - start;
  };
  const python = async () => {
    const script = join(import.meta.dirname, 'python_logs.py');
    return Number((await execa(workbench.python, [script, folder])).stdout) * 1000;
  };
  await wc();
  const [ours, count, parsed]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < ROUNDS; i++) {
    count.push(await wc());
    ours.push(await readLogs(workbench, 'summarize', folder));
    parsed.push(await python());
  }
  const grown: number[] = [];
  for (let i = 0; i < ROUNDS; i++) grown.push(await readLogs(workbench, 'again', folder));
  rmSync(folder, { recursive: true });
  const over = (others: number[]) => round(median(ours.map((each, index) => each / others[index]!)));
  const milliseconds = { 'ours (ms)': round(median(ours), 0), MB: round(bytes / 1e6, 0) };
  const what = `summary of ${LOGS} logs × 300 epochs × 50 lines of training, in a fresh process, without its start`;
  return [
    {
      name: what,
      ratio: 'time over that of wc -l',
      value: over(count),
      limit: 8,
      n: ROUNDS,
      medians: { ...milliseconds, 'wc -l (ms)': round(median(count), 0) },
    },
    {
      name: what,
      ratio: 'time over that of plain Python with json.loads on each line',
      value: over(parsed),
      limit: 0.1,
      n: ROUNDS,
      medians: { ...milliseconds, 'Python (ms)': round(median(parsed), 0) },
    },
    {
      name: 'the same logs again, each longer by 1 %',
      ratio: 'milliseconds',
      value: round(median(grown), 1),
      limit: 50,
      n: ROUNDS,
      medians: {},
    },
  ];
}

/** A log a hundred times as long, with as many evaluations. */
async function memory(workbench: Workbench): Promise<Figure> {
  const peaks: number[] = [];
  for (const lines of [SMALL, LARGE]) {
    const file = join(workbench.scratch, 'long.log.json');
    writeLog(file, lines);
    peaks.push(await readLogs(workbench, 'one', file));
    rmSync(file);
  }
  const [small = Number.NaN, large = Number.NaN] = peaks;
  return {
    name: 'reading a log of 2 GB',
    ratio: 'peak memory over that of 20 MB',
    value: round(large / small),
    limit: 1.3,
    n: 1,
    medians: { '20 MB (MiB)': round(small, 1), '2 GB (MiB)': round(large, 1) },
  };
}

async function table({ root, scratch }: Workbench): Promise<Figure> {
  const home = join(scratch, 'table');
  makeRunDirectories(home, RUNS);
  const run = async (...args: string[]): Promise<number> => {
    const start = performance.now();
    await execa(process.execPath, [join(root, 'apps/cli/bin/mixlab.mjs'), 'table', ...args], {
      cwd: home,
      stdout: 'ignore',
    });
    return (performance.now() - start) / 1000;
  };
  await run();
  const [all, starts]: [number[], number[]] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    all.push(await run());
    starts.push(await run('--help'));
  }
  rmSync(home, { recursive: true });
  return {
    name: `table over ${RUNS.toLocaleString('en')} run directories`,
    ratio: 'seconds, warm, with the start of the command',
    value: round(median(all)),
    limit: 3,
    n: ROUNDS,
    medians: { 'the start alone (s)': round(median(starts)) },
  };
}

async function readLogs({ root }: Workbench, what: string, path: string): Promise<number> {
  const script = join(import.meta.dirname, 'read-logs.ts');
  return Number(
    (await execa(process.execPath, ['--import', 'tsx', script, what, path], { cwd: root })).stdout,
  );
}
