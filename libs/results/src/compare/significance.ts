import { mean, sampleStd } from '../reduce/statistics.ts';
import { twoSidedP } from './student-t.ts';

/** The values of one run's trials, each with its seed where that is known. */
export type Sample = readonly { readonly seed: number | null; readonly value: number }[];

export interface Significance {
  readonly test: 'paired' | 'welch';
  /** Two-sided. */
  readonly p: number;
  /** Trials, or pairs of them, that were used of either side. */
  readonly n: [number, number];
}

/** With fewer trials a difference is not tested. */
export const FEWEST_TRIALS = 3;

/**
 * Student's t-test: over pairs where at least three seeds are on both sides, Welch's where either side has at least three
 * trials otherwise; null with fewer. Equal differences of all pairs, or no spread on either side, give 0, or 1 where
 * there is no difference at all.
 */
export function significanceOf(ours: Sample, others: Sample): Significance | null {
  const bySeed = new Map(
    others.flatMap(({ seed, value }) => (seed === null ? [] : [[seed, value] as const])),
  );
  const differences = ours.flatMap(({ seed, value }) =>
    seed !== null && bySeed.has(seed) ? [value - bySeed.get(seed)!] : [],
  );
  if (differences.length >= FEWEST_TRIALS) {
    const { length } = differences;
    const error = sampleStd(differences)! / Math.sqrt(length);
    return { test: 'paired', p: pOf(mean(differences), error, length - 1), n: [length, length] };
  }
  if (ours.length < FEWEST_TRIALS || others.length < FEWEST_TRIALS) return null;
  return welch(
    ours.map(({ value }) => value),
    others.map(({ value }) => value),
  );
}

function welch(a: readonly number[], b: readonly number[]): Significance {
  const [inA, inB] = [sampleStd(a)! ** 2 / a.length, sampleStd(b)! ** 2 / b.length];
  const share = inA / (inA + inB);
  const degrees = 1 / (share ** 2 / (a.length - 1) + (1 - share) ** 2 / (b.length - 1));
  return { test: 'welch', p: pOf(mean(a) - mean(b), Math.sqrt(inA + inB), degrees), n: [a.length, b.length] };
}

function pOf(difference: number, error: number, degrees: number): number {
  if (error === 0) return difference === 0 ? 1 : 0;
  return twoSidedP(difference / error, degrees);
}
