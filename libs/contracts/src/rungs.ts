/** Successive halving as a plan freezes it. Spelt out, so that an author's compiler does not load zod. */
export interface Halving {
  readonly metric: string;
  /** Whether more or less of the metric is better. */
  readonly goal: 'max' | 'min';
  /** One run in `eta` goes on from each rung, one at least. */
  readonly eta: number;
  /** Epochs, ascending; the last ones are those of the whole training. */
  readonly rungs: readonly number[];
}

/** How many runs of `count` train to each rung, if all of them have a result. */
export function runsAtRungs({ eta, rungs }: Halving, count: number): number[] {
  let left = count;
  return rungs.map((_, rung) => (left = rung === 0 ? count : Math.max(1, Math.floor(left / eta))));
}
