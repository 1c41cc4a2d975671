import { significanceOf } from '@mixlab/results/significance';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** Trials with the seeds `first`, `first` + 1, …; null for unknown ones. */
const sample = (values: readonly number[], first: number | null = null) =>
  values.map((value, index) => ({ value, seed: first === null ? null : first + index }));

// p as scipy.stats 1.17.1 has them: ttest_ind(equal_var=False) and ttest_rel.
const A = [80.1, 80.5, 79.9];
const B = [79.2, 79.8, 79.5];
const C = [50, 52, 54, 51, 49.5];
const D = [50.5, 51, 55, 52, 50];

it.each([
  ['Welch', A, B, null, 'welch', 0.05429312855079298],
  [
    'Welch of different numbers',
    [70.2, 71.4, 70.9, 71.1],
    [69.8, 71.6, 70.1],
    null,
    'welch',
    0.5625738414765258,
  ],
  ['Welch of five', C, D, null, 'welch', 0.7466980657745427],
  ['pairs', A, B, 1, 'paired', 0.04436303486500463],
  ['pairs of five', C, D, 1, 'paired', 0.3375018565403645],
] as const)('%s: what SciPy says', (_, ours, others, seed, test, p) => {
  const found = significanceOf(sample(ours, seed), sample(others, seed));
  expect(found?.test).toBe(test);
  expect(found?.p).toBeCloseTo(p, 12);
});

it('pairs only trials of one seed, and falls back to Welch where there are too few', () => {
  const paired = significanceOf(sample([9, ...A], 0), sample([...B, 3], 1));
  expect(paired).toMatchObject({ test: 'paired', n: [3, 3] });
  expect(paired?.p).toBeCloseTo(0.04436303486500463, 12);
  expect(significanceOf(sample(A, 1), sample(B, 2))).toMatchObject({ test: 'welch', n: [3, 3] });
});

it('says nothing of fewer than three trials', () => {
  expect(significanceOf(sample(A.slice(1), 1), sample(B.slice(1), 1))).toBeNull();
  expect(significanceOf(sample(A), sample([1, 2]))).toBeNull();
});

it('no spread: certain, or no difference', () => {
  expect(significanceOf(sample([1, 1, 1]), sample([2, 2, 2]))?.p).toBe(0);
  expect(significanceOf(sample([1, 2, 3], 1), sample([1, 2, 3], 1))?.p).toBe(1);
});

it('is a probability, the same from either side', () => {
  const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 3, maxLength: 12 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const { p } = significanceOf(sample(a), sample(b))!;
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1 + 1e-12);
      expect(significanceOf(sample(b), sample(a))!.p).toBeCloseTo(p, 12);
    }),
  );
});
