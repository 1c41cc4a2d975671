import type { Log } from './log-parser.ts';

/** One metric over the epochs, ascending; two arrays of one length. */
export interface Curve {
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

/** A curve and the epochs that were evaluated without giving a number for it. */
export interface MetricCurve extends Curve {
  /** The metric is missing, null, NaN, infinite or not a number. */
  readonly withoutNumber: readonly number[];
}

/** The metric's value at the last step of each epoch. */
export function curveOf(log: Log, metric: string): MetricCurve {
  const epochs: number[] = [];
  const values: number[] = [];
  const withoutNumber: number[] = [];
  log.evaluations.forEach(({ epoch, fields }, index) => {
    if (log.evaluations[index + 1]?.epoch === epoch) return;
    const value = Object.hasOwn(fields, metric) ? fields[metric] : undefined;
    if (typeof value === 'number' && Number.isFinite(value)) {
      epochs.push(epoch);
      values.push(value);
    } else withoutNumber.push(epoch);
  });
  return { epochs, values, withoutNumber };
}
