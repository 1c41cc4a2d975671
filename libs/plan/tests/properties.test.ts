import type { JsonSchema, SweepSchema } from '@mixlab/contracts';
import { planSchema } from '@mixlab/contracts';
import { identityHash, parsePlan, planFilePieces } from '@mixlab/plan';
import type { Plan } from '@mixlab/plan';
import { defineSweep, vary } from '@mixlab/dsl';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyFields, toyExperiment } from './any-experiment.ts';
import { planOf } from './plan-of.ts';
import { fieldwiseToySchema, toyJsonSchema, toySchema } from './toy-schema.ts';
import type { Toy } from './toy-schema.ts';

const textOf = (plan: Plan<unknown>): string => [...planFilePieces(plan)].join('');
const hashesOf = (plan: Plan<unknown>): string[] => [...plan.runs()].map((run) => run.hash);

describe('planning any experiment', () => {
  it('gives the same bytes each time, whatever was asked of the plan before', () => {
    fc.assert(
      fc.property(anyFields, fc.nat(), (fields, seed) => {
        const plan = planOf(toyExperiment(fields, fieldwiseToySchema));
        const text = textOf(plan);
        const run = plan.run(seed % plan.size);
        expect(textOf(planOf(toyExperiment(fields, fieldwiseToySchema)))).toBe(text);
        expect(textOf(plan)).toBe(text);
        expect(JSON.stringify(plan.run(run.index))).toBe(JSON.stringify(run));
      }),
    );
  });

  it('gives the same plan whether the schema checks whole configs or fields', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const whole = planOf(toyExperiment(fields, toySchema));
        const byField = planOf(toyExperiment(fields, fieldwiseToySchema));
        expect(textOf(byField)).toBe(textOf(whole));
        expect([...byField.runs()].map((run) => run.config)).toEqual(
          [...whole.runs()].map((run) => run.config),
        );
      }),
    );
  });

  it('gives every run a name and a file of its own, fit for any file system', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const runs = [...planOf(toyExperiment(fields, fieldwiseToySchema)).runs()];
        for (const run of runs) {
          expect(run.name).toMatch(/^[a-z0-9_][a-z0-9._-]{0,99}$/);
          expect(run.configPath).toMatch(/^configs(\/[a-z0-9_][a-z0-9._-]*)+\.json$/);
        }
        expect(new Set(runs.map((run) => run.name)).size).toBe(runs.length);
        expect(new Set(runs.map((run) => run.configPath)).size).toBe(runs.length);
        expect(new Set(runs.map((run) => run.hash)).size).toBe(runs.length);
      }),
    );
  });

  it('gives configs that the schema accepts and leaves as they are', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        for (const { config } of planOf(toyExperiment(fields, fieldwiseToySchema)).runs()) {
          expect(toySchema.validate(JSON.parse(JSON.stringify(config)))).toEqual({ value: config });
        }
      }),
    );
  });

  it('gives the same runs whatever the order of the fields', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const turned = Object.fromEntries(Object.entries(fields).reverse());
        const [one, other] = [fields, turned].map((order) =>
          hashesOf(planOf(toyExperiment(order, fieldwiseToySchema))),
        );
        expect(one?.sort()).toEqual(other?.sort());
      }),
    );
  });

  it('gives a plan.json that can be read back', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const plan = planOf(toyExperiment(fields, fieldwiseToySchema));
        const file = parsePlan(textOf(plan));
        expect(planSchema.parse(file).runs.map((run) => run.hash)).toEqual(hashesOf(plan));
        expect(file.runs.map((run) => run.config)).toEqual([...plan.runs()].map((run) => run.configPath));
      }),
    );
  });

  it('hashes each run as its whole config is hashed', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        for (const { config, hash } of planOf(toyExperiment(fields, fieldwiseToySchema)).runs()) {
          expect(identityHash(JSON.parse(JSON.stringify(config)), toyJsonSchema)).toBe(hash);
        }
      }),
    );
  });

  it('changes no hash when the schema gains a field with a default, anywhere', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const before = hashesOf(planOf(toyExperiment(fields, toySchema)));
        expect(hashesOf(planOf(toyExperiment(fields, withNewFields)))).toEqual(before);
      }),
    );
  });

  it('changes the hash with every value that is not a default', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (one, other) => {
        fc.pre(one !== other);
        const hashes = [one, other].map((steps) =>
          hashesOf(planOf(toyExperiment({ net: 'a', steps }, toySchema))),
        );
        expect(hashes[0]).not.toEqual(hashes[1]);
      }),
    );
  });
});

describe('steps', () => {
  const nets = ['a', 'b', 'c'];
  const steps = [1, 2, 3];
  const condition = fc
    .record(
      { net: fc.subarray(nets, { minLength: 1 }), steps: fc.subarray(steps, { minLength: 1 }) },
      { requiredKeys: [] },
    )
    .filter((wanted) => Object.keys(wanted).length > 0);
  const matches = (wanted: { net?: string[]; steps?: number[] }, net: string, step: number): boolean =>
    (wanted.net?.includes(net) ?? true) && (wanted.steps?.includes(step) ?? true);

  it('set what a plain loop over all points sets: the last `when` that matches, where no `exclude` does', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 5 }), condition, (conditions, excluded) => {
        const expected = nets.flatMap((net) =>
          steps.flatMap((step) => {
            if (matches(excluded, net, step)) return [];
            const last = conditions.findLastIndex((wanted) => matches(wanted, net, step));
            return [[net, step, last < 0 ? 0.1 : last + 1]];
          }),
        );
        fc.pre(expected.length > 0);
        const useful = conditions.every((wanted) =>
          expected.some(([net, step]) => matches(wanted, net as string, step as number)),
        );
        fc.pre(useful);
        const base = defineSweep(fieldwiseToySchema)({
          name: 'toy',
          net: vary(...nets),
          steps: vary(...steps),
        });
        const whole = conditions.reduce(
          (experiment, wanted, index) => experiment.when(wanted, { 'rate.start': index + 1 }),
          base,
        );
        const runs = [...planOf(whole.exclude(excluded)).runs()];
        expect(runs.map(({ config }) => [config.net, config.steps, config.rate.start])).toEqual(expected);
      }),
    );
  });
});

/** The toy schema of the next version: three more fields, each with a default. */
const grown: JsonSchema = {
  ...toyJsonSchema,
  properties: {
    ...toyJsonSchema.properties,
    extra: { type: 'number', default: 0.5 },
    more: { $ref: '#/$defs/More', default: { depth: 3 } },
  },
  $defs: {
    ...toyJsonSchema.$defs,
    More: { type: 'object', properties: { depth: { type: 'integer', default: 3 } } },
    Blend: {
      ...toyJsonSchema.$defs?.['Blend'],
      properties: { ...toyJsonSchema.$defs?.['Blend']?.properties, warm: { type: 'boolean', default: true } },
    },
  },
};

const withNewFields: SweepSchema<Toy> = {
  ...toySchema,
  jsonSchema: grown,
  validate(config) {
    const checked = toySchema.validate(config);
    if ('issues' in checked) return checked;
    const { policy } = checked.value;
    const warmed = policy.name === 'blend' ? { ...policy, warm: true } : policy;
    return { value: { ...checked.value, policy: warmed, extra: 0.5, more: { depth: 3 } } as Toy };
  },
};
