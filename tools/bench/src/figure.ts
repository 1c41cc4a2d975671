/** One measured ratio, beside what it was promised to be. */
export interface Figure {
  readonly name: string;
  /** What is over what, in words. */
  readonly ratio: string;
  readonly value: number;
  readonly limit: number;
  /** Number of rounds or pairs that the median is over. */
  readonly n: number;
  /** Medians that the ratio is from, with their units. */
  readonly medians: Readonly<Record<string, number>>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('the median of nothing');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
