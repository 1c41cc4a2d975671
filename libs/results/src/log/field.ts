import type { Measurement } from './log-line.ts';

type Fields = Pick<Measurement, 'fields'>;

/** The field of an evaluation that a key names; our `top1` is OpenMixup's `head0_top1`. */
export function fieldOf({ fields }: Fields, key: string): number | undefined {
  const name = Object.hasOwn(fields, key) ? key : otherName(key);
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}

function otherName(key: string): string {
  return key.startsWith('head0_') ? key.slice('head0_'.length) : `head0_${key}`;
}

/**
 * What the evaluations of a training call a metric: AutoMix and SAMix have several heads in OpenMixup, of which `top1` is the
 * moving average's for labels that are not mixed, as everywhere else.
 */
export function nameIn(evaluations: readonly Fields[], metric: string): string {
  const accuracy = /^(?:head0_)?(top[15])$/.exec(metric);
  if (!accuracy || evaluations.some((each) => fieldOf(each, metric) !== undefined)) return metric;
  const names = ['acc_one_k', 'acc_one_q'].map((head) => `${head}_${accuracy[1]}`);
  return names.find((name) => evaluations.some((each) => fieldOf(each, name) !== undefined)) ?? metric;
}
