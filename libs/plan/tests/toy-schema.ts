import type { JsonObject, JsonSchema, SweepSchema } from '@mixlab/contracts';
import { z } from 'zod';

/** A run config of nobody's engine: planning knows none of these names. */
export interface Toy {
  readonly net: string;
  readonly steps: number;
  readonly policy: Plain | Blend | Several;
  readonly rate: { readonly start: number; readonly decay: number };
  readonly shape: readonly [number, number];
  readonly note: string | null;
  readonly seed: number;
}

interface Plain {
  readonly name: 'plain';
}

interface Blend {
  readonly name: 'blend';
  readonly strength: number;
  readonly soft: boolean;
}

interface Several {
  readonly name: 'several';
  readonly of: readonly { readonly policy: Plain | Blend; readonly share: number }[];
}

const named = (
  name: string,
  properties: Record<string, JsonSchema>,
  required: string[] = [],
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: { name: { const: name, default: name, type: 'string' }, ...properties },
  required,
});

const union = (...names: string[]): JsonSchema => ({
  oneOf: names.map((name) => ({ $ref: `#/$defs/${name}` })),
  discriminator: {
    propertyName: 'name',
    mapping: Object.fromEntries(names.map((name) => [name.toLowerCase(), `#/$defs/${name}`])),
  },
});

export const toyJsonSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['net', 'steps'],
  properties: {
    net: { type: 'string' },
    steps: { type: 'integer', exclusiveMinimum: 0 },
    policy: { ...union('Plain', 'Blend', 'Several'), default: { name: 'plain' } },
    rate: { $ref: '#/$defs/Rate', default: { start: 0.1, decay: 0 } },
    shape: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2, default: [8, 8] },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, 'x-identity': false },
    seed: { type: 'integer', default: 0, 'x-identity': false },
  },
  $defs: {
    Plain: named('plain', {}),
    Blend: named('blend', {
      strength: { type: 'number', default: 1 },
      soft: { type: 'boolean', default: false },
    }),
    Several: named('several', { of: { type: 'array', items: { $ref: '#/$defs/Share' } } }, ['of']),
    Share: {
      type: 'object',
      required: ['policy', 'share'],
      properties: { policy: union('Plain', 'Blend'), share: { type: 'number' } },
    },
    Rate: {
      type: 'object',
      additionalProperties: false,
      properties: { start: { type: 'number', default: 0.1 }, decay: { type: 'number', default: 0 } },
    },
  },
};

const plain = z.strictObject({ name: z.literal('plain') });
const blend = z.strictObject({
  name: z.literal('blend'),
  strength: z.number().positive().default(1),
  soft: z.boolean().default(false),
});
const several = z.strictObject({
  name: z.literal('several'),
  of: z.array(z.strictObject({ policy: z.discriminatedUnion('name', [plain, blend]), share: z.number() })),
});
const toy = z.strictObject({
  net: z.string(),
  steps: z.int().positive(),
  policy: z.discriminatedUnion('name', [plain, blend, several]).prefault({ name: 'plain' }),
  rate: z.strictObject({ start: z.number().default(0.1), decay: z.number().default(0) }).prefault({}),
  shape: z.tuple([z.int(), z.int()]).default([8, 8]),
  note: z.string().nullable().default(null),
  seed: z.int().default(0),
});

/** Checks whole configs only, as the simplest schema does. */
export const toySchema: SweepSchema<Toy> = {
  engine: 'toy',
  version: 1,
  jsonSchema: toyJsonSchema,
  nameParts: [
    { path: 'net', prefix: '' },
    { path: 'policy', prefix: '' },
    { path: 'steps', prefix: 'st' },
  ],
  validate(config: JsonObject) {
    const parsed = toy.safeParse(config);
    if (parsed.success) return { value: parsed.data as Toy };
    return {
      issues: parsed.error.issues.map((issue) => ({
        code: 'invalid-value',
        message: issue.message,
        path: issue.path.join('.'),
      })),
    };
  },
};

/** The same, field by field. */
export const fieldwiseToySchema: SweepSchema<Toy> = {
  ...toySchema,
  fieldwise: {
    validate(field, value) {
      const parsed = z
        .strictObject({ [field]: toy.shape[field as keyof Toy] })
        .safeParse(value === undefined ? {} : { [field]: value });
      if (parsed.success) return { value: (parsed.data as JsonObject)[field] };
      return {
        issues: parsed.error.issues.map(({ message, path }) => ({
          code: 'invalid-value',
          message,
          path: path.join('.'),
        })),
      };
    },
    rules: () => [],
  },
};
