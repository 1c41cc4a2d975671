/**
 * How the curve of one trial becomes a number; trials are then averaged. The same as `Report` of
 * `@mixlab/contracts`, spelt out so that checking an experiment does not load zod.
 */
export type Report =
  | { readonly reducer: 'medianOfLast'; readonly epochs: number; readonly metric: string }
  | { readonly reducer: 'best'; readonly metric: string }
  | { readonly reducer: 'last'; readonly metric: string }
  | { readonly reducer: 'ema'; readonly decay: number; readonly metric: string };

/** Median over the last `epochs` evaluated epochs. */
export function medianOfLast(epochs: number, metric = 'top1'): Report {
  return { reducer: 'medianOfLast', epochs, metric };
}

/** The best evaluation. */
export function best(metric = 'top1'): Report {
  return { reducer: 'best', metric };
}

/** The last evaluation. */
export function last(metric = 'top1'): Report {
  return { reducer: 'last', metric };
}

/** Exponential moving average of the evaluations at the last one, each weighing `decay` times as much as the next. */
export function ema(decay: number, metric = 'top1'): Report {
  return { reducer: 'ema', decay, metric };
}

/** Mean over trials of each trial's best, as the CIFAR tables report: `best`, since trials are always averaged. */
export function meanOfBest(metric = 'top1'): Report {
  return best(metric);
}
