import { tablesSchema } from '@mixlab/results';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashes, names, planText, statusText, workspace } from './workspace.ts';

const LENGTH = 12;

/** An evaluation as it is written: `null` where the metric is NaN. */
interface Point {
  readonly epoch: number;
  readonly attempt: number;
  readonly top1: number | null;
  readonly loss: number;
}

const number = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
/** Some epochs, the last one among them, of one or two attempts that share an epoch or more; a few are NaN. */
const trial = fc
  .record({
    evaluated: fc.subarray(Array.from({ length: LENGTH - 1 }, (_, index) => index + 1)),
    again: fc.integer({ min: 1, max: LENGTH }),
    resumed: fc.boolean(),
    numbers: fc.array(fc.record({ top1: fc.option(number, { freq: 8 }), loss: number }), {
      minLength: 2 * LENGTH,
      maxLength: 2 * LENGTH,
    }),
  })
  .map(({ evaluated, again, resumed, numbers }): Point[] => {
    const epochs = [...evaluated, LENGTH];
    const first = resumed ? epochs.filter((epoch) => epoch <= again) : epochs;
    const second = resumed ? epochs.filter((epoch) => epoch >= again) : [];
    const places = [
      ...first.map((epoch) => ({ epoch, attempt: 1 })),
      ...second.map((epoch) => ({ epoch, attempt: 2 })),
    ];
    return places.map((place, index) => ({ ...place, ...numbers[index]! }));
  });

const rules = ['last', 'best', 'median:1', 'median:4', 'median:50', 'ema:0.9', 'ema:0.25'] as const;

/** What was evaluated last of each epoch, where that is a number. */
function newestOf(points: readonly Point[], metric: 'top1' | 'loss'): { epoch: number; value: number }[] {
  const newest: (number | null | undefined)[] = [];
  for (const point of points) newest[point.epoch] = point[metric];
  return newest.flatMap((value, epoch) => (typeof value === 'number' ? [{ epoch, value }] : []));
}

/** The number of a trial, in a plain loop; null for none. */
function plainly(
  points: readonly Point[],
  metric: 'top1' | 'loss',
  rule: string,
  end: number,
): number | null {
  const counting = newestOf(points, metric).filter(({ epoch }) => epoch <= end);
  const [name, parameter] = rule.split(':');
  const amount = Number(parameter);
  if (name === 'last') return counting.at(-1)?.value ?? null;
  if (name === 'best') {
    const sorted = counting.map(({ value }) => value).sort((a, b) => (metric === 'loss' ? a - b : b - a));
    return sorted[0] ?? null;
  }
  if (name === 'ema') {
    // Each value by the weight that those after it leave.
    const weights = counting.map((_, index) => {
      const later = amount ** (counting.length - 1 - index);
      return index === 0 ? later : later * (1 - amount);
    });
    if (counting.length === 0) return null;
    return counting.reduce((sum, { value }, index) => sum + value * weights[index]!, 0);
  }
  const sorted = counting
    .filter(({ epoch }) => epoch > end - amount)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

it('every rule, metric and epoch of the table is what a loop over the log gives, and a mean of the trials', async () => {
  const made = workspace();
  made.write(
    'generated/digits/plan.json',
    planText('digits').replaceAll('"maxEpochs": 4', `"maxEpochs": ${LENGTH}`),
  );
  const cases = fc.record({
    trials: fc.tuple(trial, trial),
    rule: fc.constantFrom(...rules),
    metric: fc.constantFrom('top1', 'loss'),
    atEpoch: fc.option(fc.integer({ min: 1, max: LENGTH })),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ trials, rule, metric, atEpoch }) => {
      trials.forEach((points, index) => {
        const folder = `work_dirs/digits/${names.vanilla}/trial${index + 1}`;
        const lines = points.map(
          ({ top1, ...rest }) =>
            `${JSON.stringify({ mode: 'val', step: 9, ...rest }).slice(0, -1)},"top1":${top1 ?? 'NaN'}}`,
        );
        made.write(`${folder}/log.jsonl`, `${lines.join('\n')}\n`);
        made.write(`${folder}/status.json`, statusText(hashes.vanilla, 'completed', LENGTH, LENGTH));
      });
      const typed = { rows: ['mixMode'], reducer: rule, metric, json: true };
      const { exitCode, stdout, stderr } = await made.table({
        ...typed,
        ...(atEpoch === null ? {} : { atEpoch: String(atEpoch) }),
      });
      const expected = trials.map((points) => plainly(points, metric, rule, atEpoch ?? LENGTH));
      // At an epoch, a trial counts that has evaluated it or a later one.
      const reached = trials.map((points) =>
        newestOf(points, metric).some(({ epoch }) => epoch >= (atEpoch ?? 0)),
      );
      expect(exitCode, stderr).toBe(0);
      const cell = tablesSchema.parse(JSON.parse(stdout)).tables[0]!.cells[0]![0]!;
      const wanted = expected.map((value, index) => (reached[index] ? value : null));
      cell.trials.forEach(({ value }, index) => {
        if (wanted[index] === null) expect(value).toBeNull();
        else expect(value).toBeCloseTo(wanted[index]!, 9);
      });
      const there = wanted.filter((value) => value !== null);
      expect(cell.n).toBe(there.length);
      if (there.length > 0)
        expect(cell.mean).toBeCloseTo(there.reduce((sum, value) => sum + value, 0) / there.length, 9);
      if (there.length === 2) expect(cell.std).toBeCloseTo(Math.abs(there[0]! - there[1]!) / Math.SQRT2, 9);
    }),
    { numRuns: 60 },
  );
});
