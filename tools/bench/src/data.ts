import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, round } from './figure.ts';
import type { Workbench } from './workbench.ts';

interface DataFigure {
  readonly title: string;
  readonly what: string;
  readonly against: string;
  /** Images a second. */
  readonly ours: number;
  readonly other: number;
  readonly ratio: number;
  readonly bar: number | null;
  readonly n: number;
}

/** Images to batches beside timm's and torchvision's loaders: the training library's own benchmark, and its page. */
export async function measureData({ root, python, scratch }: Workbench): Promise<Figure[]> {
  const json = join(scratch, 'data.json');
  const page = join(root, 'docs/results/data.md');
  await execa(python, ['benchmarks/loading.py', '--json', json, '--page', page], {
    cwd: join(root, 'libs/training'),
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const { figures } = JSON.parse(readFileSync(json, 'utf8')) as { figures: readonly DataFigure[] };
  return figures.flatMap(({ bar, ...figure }) =>
    bar === null
      ? []
      : [
          {
            name: `${figure.title}, ${figure.what}`,
            ratio: `time over that of ${figure.against}`,
            value: round(figure.ratio),
            limit: round(bar),
            n: figure.n,
            medians: {
              'ours (images/s)': round(figure.ours, 0),
              [`${figure.against} (images/s)`]: round(figure.other, 0),
            },
          },
        ],
  );
}
