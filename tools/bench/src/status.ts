import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, median, round } from './figure.ts';
import { makeRunDirectories } from './run-directories.ts';
import type { Workbench } from './workbench.ts';

const ROUNDS = 5;
const RUNS = 10_000;

/** `mixlab status` over 10,000 run directories that were read before, from its start to its last line. */
export async function measureStatus({ root, scratch }: Workbench): Promise<Figure[]> {
  const home = join(scratch, 'status');
  makeRunDirectories(home, RUNS);
  const status = async (...args: string[]): Promise<number> => {
    const begin = performance.now();
    await execa(process.execPath, [join(root, 'apps/cli/bin/mixlab.mjs'), 'status', ...args], {
      cwd: home,
      stdout: 'ignore',
    });
    return (performance.now() - begin) / 1000;
  };
  const [all, starts]: [number[], number[]] = [[], []];
  for (let i = 0; i <= ROUNDS; i++) {
    const [took, start] = [await status(), await status('--help')];
    // The first one warms up.
    if (i > 0) {
      all.push(took);
      starts.push(start);
    }
  }
  return [
    {
      name: 'status over 10,000 run directories',
      ratio: 'seconds, warm, with the start of the command',
      value: round(median(all)),
      limit: 1,
      n: ROUNDS,
      medians: { 'the start alone (s)': round(median(starts)) },
    },
  ];
}
