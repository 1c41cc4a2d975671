import { type Figure, round } from './figure.ts';
import { figuresOf } from './training-library.ts';
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
export async function measureData(workbench: Workbench): Promise<Figure[]> {
  const figures = await figuresOf<DataFigure>(workbench, 'loading', 'data');
  return figures.map(({ title, what, against, ratio, bar, n, ours, other }) => ({
    name: `${title}, ${what}`,
    ratio: `time over that of ${against}`,
    value: round(ratio),
    limit: round(bar),
    n,
    medians: { 'ours (images/s)': round(ours, 0), [`${against} (images/s)`]: round(other, 0) },
  }));
}
