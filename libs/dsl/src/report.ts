/**
 * How the curve of one trial becomes a number; trials are then averaged. The same as `Report` of
 * `@mixlab/contracts`, spelt out so that checking an experiment does not load zod.
 */
export type Report<M extends string = ReportMetric> =
  | { readonly reducer: 'medianOfLast'; readonly epochs: number; readonly metric: M }
  | { readonly reducer: 'best'; readonly metric: M }
  | { readonly reducer: 'last'; readonly metric: M }
  | { readonly reducer: 'ema'; readonly decay: number; readonly metric: M };

/** What an evaluation of Mixlab's training library logs; with `_ema` of averaged weights. */
export type EvaluationMetric = 'top1' | 'top5' | 'loss' | 'top1_ema' | 'top5_ema' | 'loss_ema';

/** What a report of Mixlab's training library may be of: an evaluation, or a field of the final test. */
export type ReportMetric = EvaluationMetric | `test.${string}`;

/** The same, which an editor offers, or what another trainer logs. */
type AnyMetric = EvaluationMetric | (string & Readonly<Record<never, never>>);

/** Median over the last `epochs` evaluated epochs. */
export function medianOfLast<const M extends AnyMetric = 'top1'>(epochs: number, metric?: M): Report<M> {
  return { reducer: 'medianOfLast', epochs, metric: metric ?? top1() };
}

/** The best evaluation. */
export function best<const M extends AnyMetric = 'top1'>(metric?: M): Report<M> {
  return { reducer: 'best', metric: metric ?? top1() };
}

/** The last evaluation. */
export function last<const M extends AnyMetric = 'top1'>(metric?: M): Report<M> {
  return { reducer: 'last', metric: metric ?? top1() };
}

/** Exponential moving average of the evaluations at the last one, each weighing `decay` times as much as the next. */
export function ema<const M extends AnyMetric = 'top1'>(decay: number, metric?: M): Report<M> {
  return { reducer: 'ema', decay, metric: metric ?? top1() };
}

/** Mean over trials of each trial's best, as the CIFAR tables report: `best`, since trials are always averaged. */
export function meanOfBest<const M extends AnyMetric = 'top1'>(metric?: M): Report<M> {
  return best(metric);
}

/** The default, which is of type `M` where nothing is given. */
function top1<M extends string>(): M {
  return 'top1' as M;
}
