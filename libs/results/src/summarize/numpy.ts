/** NumPy's statistics, for the same last digit: of nothing they are NaN, and so they are with a NaN among the values. */

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Population standard deviation: over n, not n − 1. */
export function populationStd(values: readonly number[]): number {
  const centre = average(values);
  return Math.sqrt(average(values.map((value) => (value - centre) ** 2)));
}

/** Linear between the two nearest values. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0 || values.some(Number.isNaN)) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * (percent / 100);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.min(Math.floor(place) + 1, sorted.length - 1)]!;
  const share = place - Math.floor(place);
  const width = above - below;
  return share >= 0.5 ? above - width * (1 - share) : below + width * share;
}

export function middle(values: readonly number[]): number {
  if (values.length === 0 || values.some(Number.isNaN)) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : average(sorted.slice(half - 1, half + 1));
}
