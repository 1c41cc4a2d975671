import { type Figure, round } from './figure.ts';
import { figuresOf } from './training-library.ts';
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
export async function measureTraining(workbench: Workbench): Promise<Figure[]> {
  const figures = await figuresOf<TrainingFigure>(workbench, 'training', 'training');
  return figures.map(({ what, against, ratio, bar, n, ours, other }) => ({
    name: `a step of ${what}`,
    ratio: `time over that of ${against}`,
    value: round(ratio),
    limit: bar,
    n,
    medians: { 'ours (ms)': round(1e3 * ours), [`${against} (ms)`]: round(1e3 * other) },
  }));
}
