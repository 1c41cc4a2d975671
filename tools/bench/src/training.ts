import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, round } from './figure.ts';
import type { Workbench } from './workbench.ts';

interface TrainingFigure {
  readonly what: string;
  readonly against: string;
  /** Seconds of a step. */
  readonly ours: number;
  readonly other: number;
  readonly ratio: number;
  readonly bar: number | null;
  readonly n: number;
}

/** A step of the training loop beside timm's loop and a bare one: the training library's own benchmark, and its page. */
export async function measureTraining({ root, python, scratch }: Workbench): Promise<Figure[]> {
  const json = join(scratch, 'training.json');
  const page = join(root, 'docs/results/training.md');
  await execa(python, ['benchmarks/training.py', '--json', json, '--page', page], {
    cwd: join(root, 'libs/training'),
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const { figures } = JSON.parse(readFileSync(json, 'utf8')) as { figures: readonly TrainingFigure[] };
  return figures.flatMap(({ bar, ...figure }) =>
    bar === null
      ? []
      : [
          {
            name: `a step of ${figure.what}`,
            ratio: `time over that of ${figure.against}`,
            value: round(figure.ratio),
            limit: bar,
            n: figure.n,
            medians: {
              'ours (ms)': round(1e3 * figure.ours),
              [`${figure.against} (ms)`]: round(1e3 * figure.other),
            },
          },
        ],
  );
}
