import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Workbench } from './workbench.ts';

/** Figures of `libs/training/benchmarks/<script>.py`, which writes its own page, `docs/results/<page>.md`. */
export async function figuresOf<F extends { readonly bar: number | null }>(
  { root, python, scratch }: Workbench,
  script: string,
  page: string,
): Promise<readonly (F & { readonly bar: number })[]> {
  const json = join(scratch, `${page}.json`);
  const options = ['--json', json, '--page', join(root, `docs/results/${page}.md`)];
  await execa(python, [`benchmarks/${script}.py`, ...options], {
    cwd: join(root, 'libs/training'),
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const { figures } = JSON.parse(readFileSync(json, 'utf8')) as { figures: readonly F[] };
  return figures.filter((figure): figure is F & { readonly bar: number } => figure.bar !== null);
}
