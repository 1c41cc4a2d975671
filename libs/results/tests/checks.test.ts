import { planSchema, statusSchema } from '@mixlab/contracts';
import type { JsonObject, JsonValue } from '@mixlab/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkPlan } from '../src/plans/check-plan.ts';
import { checkStatus } from '../src/run/check-status.ts';
import { hashOf, planOf, planRun, statusText } from './run-directories.ts';

const plan = planOf([planRun('resnet18-mixup-ep10-3f9c2b7e', hashOf('3f9c2b7e'))]);
const reports: JsonValue[] = [
  { reducer: 'medianOfLast', epochs: 5, metric: 'top1' },
  { reducer: 'best', metric: 'top1' },
  { reducer: 'last', metric: 'top1' },
];
const plans = reports.map((report) => ({ ...plan, runs: plan.runs.map((run) => ({ ...run, report })) }));
const status = JSON.parse(statusText(hashOf('3f9c2b7e'))) as JsonObject;

/** Paths of everything in a value, its own included. */
function pathsIn(value: JsonValue, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

/** The value with another one, or none, at a path. */
function changed(value: JsonValue, [key, ...rest]: readonly string[], to: JsonValue | undefined): JsonValue {
  if (key === undefined) return to ?? null;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as JsonObject) }) as Record<
    string,
    JsonValue
  >;
  if (rest.length === 0 && to === undefined) delete copy[key];
  else copy[key] = rest.length === 0 ? to! : changed(copy[key]!, rest, to);
  return copy as unknown as JsonValue;
}

const odd: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  fc.constantFrom<(JsonValue | undefined)[]>(
    undefined,
    null,
    true,
    0,
    1,
    -1,
    1.5,
    2 ** 53,
    '',
    'best',
    [],
    {},
  ),
  fc.string(),
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
);

it.each([
  ['a plan', plans as unknown as JsonValue[], checkPlan, planSchema],
  ['a status', [status], checkStatus, statusSchema],
] as const)(
  '%s, whatever is wrong in it, is taken and refused as its schema does',
  (_, values, check, schema) => {
    const edits = fc.constantFrom(...values).chain((value) => {
      const paths = pathsIn(value).flatMap((path) => [path, [...path, 'added']]);
      return fc.tuple(fc.constant(value), fc.constantFrom(...paths), odd);
    });
    for (const value of values) expect(check(value)).toEqual(schema.safeParse(value));
    fc.assert(
      fc.property(edits, ([value, path, to]) => {
        const edited = JSON.parse(JSON.stringify(changed(value, path, to))) as JsonValue;
        const [ours, theirs] = [check(edited), schema.safeParse(edited)];
        expect(ours.success).toBe(theirs.success);
        expect(ours.data).toEqual(theirs.data);
        expect(ours.error?.issues).toEqual(theirs.error?.issues);
      }),
      { numRuns: 2000 },
    );
  },
);
