import { type Figure, round } from './figure.ts';
import { figuresOf } from './training-library.ts';
import type { Workbench } from './workbench.ts';

interface MethodFigure {
  readonly method: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly work: 'mixing' | 'step';
  readonly on: 'cpu' | 'cuda';
  readonly shape: readonly number[];
  readonly against: string;
  readonly ours_ms: number;
  readonly other_ms: number;
  readonly ratio: number;
  readonly bar: number | null;
  readonly n: number;
}

/** Every method's mixing and training step, beside its peers: the training library's own benchmark, and its page. */
export async function measureMethods(workbench: Workbench): Promise<Figure[]> {
  const figures = await figuresOf<MethodFigure>(workbench, 'methods', 'methods');
  return figures.map(({ method, settings, work, shape, on, against, ratio, bar, n, ...times }) => {
    const shown = Object.keys(settings).length > 0 ? ` ${JSON.stringify(settings)}` : '';
    return {
      name: `${work === 'step' ? 'a step with ' : ''}${method}${shown}, ${shape.join('×')} on ${on}`,
      ratio: `time over that of ${against}`,
      value: round(ratio),
      limit: bar,
      n,
      medians: { 'ours (ms)': round(times.ours_ms), [`${against} (ms)`]: round(times.other_ms) },
    };
  });
}
