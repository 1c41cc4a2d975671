import type { SweepSchema } from '@mixlab/contracts';
import { defineSweep, vary } from '@mixlab/dsl';
import type { ExperimentData } from '@mixlab/dsl';
import fc from 'fast-check';
import type { Toy } from './toy-schema.ts';

/** One value, or several different ones that vary. */
function maybeVaried<T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  const several = fc.uniqueArray(value, {
    minLength: 1,
    maxLength: 3,
    selector: (item) => JSON.stringify(item),
  });
  return fc.oneof(
    value,
    several.map((values) => vary(...values)),
  );
}

const policy = fc.oneof(
  fc.constant({ name: 'plain' }),
  fc.record(
    { name: fc.constant('blend'), strength: fc.constantFrom(0.2, 0.5, 1, 2), soft: fc.boolean() },
    { requiredKeys: ['name'] },
  ),
  fc.record({
    name: fc.constant('several'),
    of: fc.array(
      fc.record({ policy: fc.constant({ name: 'blend', strength: 3 }), share: fc.constantFrom(0.25, 0.5) }),
      {
        maxLength: 2,
      },
    ),
  }),
);

const fields = fc.record(
  {
    net: maybeVaried(fc.constantFrom('small', 'large', 'Über/Net 1', '..', '-x')),
    steps: maybeVaried(fc.integer({ min: 1, max: 1000 })),
    policy: maybeVaried(policy),
    rate: fc.record({ start: maybeVaried(fc.double({ min: 1e-9, max: 1e9, noNaN: true })) }),
    shape: maybeVaried(fc.tuple(fc.nat(20), fc.nat(20))),
    note: fc.constantFrom(null, 'a', 'b'),
    seed: fc.nat(5),
  },
  { requiredKeys: ['net', 'steps'] },
);

/** Fields of an experiment over the toy schema, in any order. */
export const anyFields: fc.Arbitrary<Record<string, unknown>> = fields.chain((record) =>
  fc
    .shuffledSubarray(Object.keys(record), { minLength: Object.keys(record).length })
    .map((keys) => Object.fromEntries(keys.map((key) => [key, record[key as keyof typeof record]]))),
);

export function toyExperiment(
  authored: Record<string, unknown>,
  schema: SweepSchema<Toy>,
): ExperimentData<Toy> {
  return defineSweep(schema)({ name: 'toy/any', ...authored } as never);
}
