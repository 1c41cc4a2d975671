import type { Report } from '@mixlab/contracts';
import type { Curve } from '../log/curve.ts';
import { isTestMetric } from '../run/test-metric.ts';
import { median } from './statistics.ts';

export interface Reduction {
  /** Null where the epochs that count hold no evaluation. */
  readonly value: number | null;
  /** What keeps the value from being what its rule promises. */
  readonly warnings: readonly string[];
}

const ERROR = /^(head0_|test\.(.*\.)?)?(loss|mae|mse|rmse|mape|ece)(_ema)?$/;

/** Whether the least value of a metric is the best one. */
export function isLowerBetter(metric: string): boolean {
  return ERROR.test(metric);
}

/** Whether a metric is counted in per cent: top-k accuracies, of any head and of averaged weights, and calibration errors. */
export function isPercentage(metric: string): boolean {
  return /(^|[_.])(top[0-9]+|acc|ece)(_|$)/.test(metric);
}

/**
 * One number for a curve that is looked at after `length` epochs: the planned length of a training, or the epoch
 * that unfinished ones are compared at. Evaluations after it do not count.
 *
 * - `medianOfLast` with n epochs: the median over the evaluations with `length − n < epoch ≤ length`; a warning
 *   where an epoch of those was not evaluated.
 * - `best`: the greatest value up to `length`, the least for an error (`isLowerBetter`).
 * - `ema` with a decay: the exponential moving average at `length`, begun with the first value; warns as `last` does.
 * - `last`: the value at `length`; the last one before it, with a warning, where that epoch was not evaluated.
 */
export function reduceCurve(curve: Curve, report: Report, length: number): Reduction {
  const first = report.reducer === 'medianOfLast' ? length - report.epochs : 0;
  const inside = curve.epochs.map((epoch) => epoch > first && epoch <= length);
  const values = curve.values.filter((_, index) => inside[index]);
  const lastEpoch = curve.epochs.findLast((_, index) => inside[index]);
  if (lastEpoch === undefined) return { value: null, warnings: [] };

  if (report.reducer === 'medianOfLast') {
    const expected = Math.min(report.epochs, length);
    const missing = expected - values.length;
    const span = `the last ${expected} epochs up to ${length}`;
    const warnings = missing > 0 ? [`${missing} of ${span} have no ${report.metric}`] : [];
    return { value: median(values), warnings };
  }
  if (report.reducer === 'best') {
    const better = isLowerBetter(report.metric) ? Math.min : Math.max;
    return { value: values.reduce((best, value) => better(best, value)), warnings: [] };
  }
  const warnings =
    lastEpoch < length ? [`${report.metric} is that of epoch ${lastEpoch}, not of ${length}`] : [];
  if (report.reducer === 'ema') {
    const { decay } = report;
    return { value: values.reduce((average, value) => decay * average + (1 - decay) * value), warnings };
  }
  return { value: values.at(-1)!, warnings };
}

/** How numbers of a metric are shown: accuracies with 2 decimals, losses and errors with 4. */
export function decimalsOf(metric: string): number {
  return isLowerBetter(metric) && !isPercentage(metric) ? 4 : 2;
}

/** `median of top1 over the last 5 epochs`; a test has one number, whatever the reducer. */
export function describeReport(report: Report): string {
  if (isTestMetric(report.metric)) return `${report.metric}, of the newest mixlab.test of each trial`;
  if (report.reducer === 'medianOfLast')
    return `median of ${report.metric} over the last ${report.epochs} epochs`;
  if (report.reducer === 'ema') return `moving average of ${report.metric}, decay ${report.decay}`;
  return report.reducer === 'best' ? `best ${report.metric}` : `${report.metric} of the last epoch`;
}
