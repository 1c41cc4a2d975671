import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, median, round } from './figure.ts';
import type { Workbench } from './workbench.ts';

const ROUNDS = 5;
const RUNS = 10_000;

/** Generating 10,000 runs, beside loops that only write the same, and the memory that ten times as many take. */
export async function measureGeneration({ python, scratch }: Workbench): Promise<Figure[]> {
  const times = { ours: [] as number[], bare: [] as number[], python: [] as number[] };
  const peaks = { small: [] as number[], large: [] as number[] };
  const folder = (name: string) => join(scratch, name);
  for (let i = 0; i < ROUNDS; i++) {
    const ours = await script('generate.ts', String(RUNS), folder('ours'));
    times.ours.push(ours.seconds);
    peaks.small.push(ours.peakMiB);
    times.bare.push((await script('bare-loop.ts', folder('ours'), folder('bare'))).seconds);
    const loop = join(import.meta.dirname, 'python_loop.py');
    const { stdout } = await execa(python, [loop, folder('ours'), folder('python')]);
    times.python.push((JSON.parse(stdout) as { seconds: number }).seconds);
    for (const name of ['ours', 'bare', 'python']) rmSync(folder(name), { recursive: true });
  }
  for (let i = 0; i < 3; i++) {
    peaks.large.push((await script('generate.ts', String(RUNS * 10), folder('large'))).peakMiB);
    rmSync(folder('large'), { recursive: true });
  }
  const seconds = {
    'ours (s)': round(median(times.ours)),
    'bare Node loop (s)': round(median(times.bare)),
    'Python loop (s)': round(median(times.python)),
  };
  const over = (peer: readonly number[]) =>
    round(median(times.ours.map((value, i) => value / (peer[i] ?? Number.NaN))));
  return [
    figure(
      'generating 10,000 runs',
      'time over that of a bare Node loop writing the same bytes',
      over(times.bare),
      5,
      ROUNDS,
      seconds,
    ),
    figure(
      'generating 10,000 runs',
      'time over that of a Python loop of json.dump(indent=4)',
      over(times.python),
      0.6,
      ROUNDS,
      seconds,
    ),
    figure(
      'generating 100,000 runs',
      'peak memory over that at 10,000 runs',
      round(median(peaks.large) / median(peaks.small)),
      1.3,
      3,
      {
        '10,000 runs (MiB)': round(median(peaks.small), 0),
        '100,000 runs (MiB)': round(median(peaks.large), 0),
      },
    ),
  ];
}

function figure(
  name: string,
  ratio: string,
  value: number,
  limit: number,
  n: number,
  medians: Figure['medians'],
): Figure {
  return { name, ratio, value, limit, n, medians };
}

async function script(name: string, ...args: string[]): Promise<{ seconds: number; peakMiB: number }> {
  const { stdout } = await execa(process.execPath, [
    '--import',
    'tsx',
    join(import.meta.dirname, name),
    ...args,
  ]);
  return JSON.parse(stdout) as { seconds: number; peakMiB: number };
}
