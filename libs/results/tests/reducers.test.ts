import type { Report } from '@mixlab/contracts';
import { describeReport, isLowerBetter, mean, median, reduceCurve, sampleStd } from '@mixlab/results';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const curve = { epochs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], values: [10, 90, 30, 40, 50, 60, 70, 85, 80, 75] };
const medianOfLast = (epochs: number): Report => ({ reducer: 'medianOfLast', epochs, metric: 'top1' });
const best: Report = { reducer: 'best', metric: 'top1' };
const last: Report = { reducer: 'last', metric: 'top1' };

describe('a whole curve', () => {
  it.each([
    ['median of the last 3', medianOfLast(3), 80],
    ['median of the last 4: the mean of the two in the middle', medianOfLast(4), 77.5],
    ['median of the last 1', medianOfLast(1), 75],
    ['median of more than there are', medianOfLast(50), 65],
    ['best', best, 90],
    ['last', last, 75],
  ])('%s', (_, report, value) => {
    expect(reduceCurve(curve, report, 10)).toEqual({ value, warnings: [] });
  });

  it('looked at earlier, is the curve that had ended there', () => {
    expect(reduceCurve(curve, medianOfLast(3), 5).value).toBe(40);
    expect(reduceCurve(curve, best, 1).value).toBe(10);
    expect(reduceCurve(curve, last, 4)).toEqual({ value: 40, warnings: [] });
  });

  it('of an error is best where it is least', () => {
    expect(isLowerBetter('loss')).toBe(true);
    expect(reduceCurve(curve, { reducer: 'best', metric: 'loss' }, 10).value).toBe(10);
  });
});

describe('a curve with gaps', () => {
  const gaps = { epochs: [2, 4, 9], values: [20, 40, 90] };

  it('warns where the median stands on fewer epochs than it should', () => {
    expect(reduceCurve(gaps, medianOfLast(3), 10)).toEqual({
      value: 90,
      warnings: ['2 of the last 3 epochs up to 10 have no top1'],
    });
  });

  it('has no value where none of the epochs that count was evaluated', () => {
    expect(reduceCurve(gaps, medianOfLast(3), 8)).toEqual({ value: null, warnings: [] });
    expect(reduceCurve({ epochs: [], values: [] }, best, 8)).toEqual({ value: null, warnings: [] });
  });

  it('says which epoch is the last', () => {
    expect(reduceCurve(gaps, last, 10)).toEqual({
      value: 90,
      warnings: ['top1 is that of epoch 9, not of 10'],
    });
  });
});

it.each([
  [medianOfLast(5), 'median of top1 over the last 5 epochs'],
  [best, 'best top1'],
  [last, 'top1 of the last epoch'],
])('a report in words', (report, words) => {
  expect(describeReport(report)).toBe(words);
});

describe('against a plain reference', () => {
  const values = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 });
  const evaluated = fc
    .array(
      fc.record({
        epoch: fc.integer({ min: 1, max: 50 }),
        value: fc.double({ min: 0, max: 100, noNaN: true }),
      }),
    )
    .map((points) => [...new Map(points.map((point) => [point.epoch, point])).values()])
    .map((points) => points.sort((a, b) => a.epoch - b.epoch));

  it('median: half of the values lie on either side', () => {
    fc.assert(
      fc.property(values, (all) => {
        const middle = median(all);
        expect(all.filter((value) => value < middle).length).toBeLessThanOrEqual(all.length / 2);
        expect(all.filter((value) => value > middle).length).toBeLessThanOrEqual(all.length / 2);
        if (all.length % 2 === 1) expect(all).toContain(middle);
      }),
    );
  });

  it('std: from the pairwise differences, which need no mean', () => {
    fc.assert(
      fc.property(values, (all) => {
        const pairs = all.flatMap((a, i) => all.slice(i + 1).map((b) => (a - b) ** 2));
        const expected = pairs.reduce((sum, square) => sum + square, 0) / all.length / (all.length - 1);
        if (all.length === 1) expect(sampleStd(all)).toBeNull();
        else expect(sampleStd(all)).toBeCloseTo(Math.sqrt(expected), 6);
        expect(mean(all)).toBeGreaterThanOrEqual(Math.min(...all) - 1e-9);
      }),
    );
  });

  it('each rule over the evaluations that it names, in a loop', () => {
    fc.assert(
      fc.property(
        evaluated,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (points, length, n) => {
          const reduced = (report: Report) =>
            reduceCurve(
              { epochs: points.map(({ epoch }) => epoch), values: points.map(({ value }) => value) },
              report,
              length,
            );
          const window: number[] = [];
          let greatest: number | null = null;
          let final: number | null = null;
          for (const { epoch, value } of points) {
            if (epoch > length) continue;
            if (epoch > length - n) window.push(value);
            if (greatest === null || value > greatest) greatest = value;
            final = value;
          }
          expect(reduced(medianOfLast(n)).value).toBe(window.length === 0 ? null : median(window));
          expect(reduced(best).value).toBe(greatest);
          expect(reduced(last).value).toBe(final);
          const short = window.length > 0 && window.length < Math.min(n, length);
          expect(reduced(medianOfLast(n)).warnings).toHaveLength(short ? 1 : 0);
        },
      ),
    );
  });
});

describe('a moving average', () => {
  const ema: Report = { reducer: 'ema', decay: 0.75, metric: 'top1' };

  it('begins with the first value and weighs each by what the later ones leave', () => {
    expect(reduceCurve({ epochs: [1, 2, 3], values: [10, 20, 40] }, ema, 3)).toEqual({
      value: 10 * 0.75 ** 2 + 20 * 0.25 * 0.75 + 40 * 0.25,
      warnings: [],
    });
    expect(describeReport(ema)).toBe('moving average of top1, decay 0.75');
  });

  it('says which epoch is the last', () => {
    expect(reduceCurve({ epochs: [1], values: [10] }, ema, 3)).toEqual({
      value: 10,
      warnings: ['top1 is that of epoch 1, not of 3'],
    });
  });
});
