import { fieldOf } from './field.ts';
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
export function curveOf({ evaluations }: Pick<Log, 'evaluations'>, metric: string): MetricCurve {
  const epochs: number[] = [];
  const values: number[] = [];
  const withoutNumber: number[] = [];
  evaluations.forEach((evaluation, index) => {
    const { epoch } = evaluation;
    if (evaluations[index + 1]?.epoch === epoch) return;
    const value = fieldOf(evaluation, metric);
    if (value !== undefined && Number.isFinite(value)) {
      epochs.push(epoch);
      values.push(value);
    } else withoutNumber.push(epoch);
  });
  return { epochs, values, withoutNumber };
}
