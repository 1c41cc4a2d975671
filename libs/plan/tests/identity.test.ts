import { readFileSync } from 'node:fs';
import type { JsonObject } from '@mixlab/contracts';
import { defineExperiment } from '@mixlab/dsl';
import { identity, identityHash } from '@mixlab/plan';
import { describe, expect, it } from 'vitest';
import { toyJsonSchema } from './toy-schema.ts';

const mixlabSchema = defineExperiment({ name: 'any' }).schema;

interface Case {
  readonly name: string;
  readonly config: JsonObject;
  readonly identity: JsonObject;
  readonly hash: string;
}

const frozen = JSON.parse(
  readFileSync(new URL('../../training/tests/data/identities.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

describe('the identity of a run config', () => {
  it.each(frozen.cases)(
    'is what the training library says: $name',
    ({ config, identity: expected, hash }) => {
      const checked = mixlabSchema.validate({ ...config, schemaVersion: mixlabSchema.version });
      if ('issues' in checked) throw new Error(JSON.stringify(checked.issues));
      const resolved = checked.value as unknown as JsonObject;
      expect(identity(resolved, mixlabSchema.jsonSchema)).toEqual(expected);
      expect(identityHash(resolved, mixlabSchema.jsonSchema)).toBe(hash);
    },
  );

  it('leaves out defaults and what does not change the training, at every depth', () => {
    const config = {
      net: 'a',
      steps: 3,
      policy: { name: 'several', of: [{ policy: { name: 'blend', strength: 1, soft: true }, share: 1 }] },
      rate: { start: 0.1, decay: 0 },
      shape: [8, 8],
      note: 'mine',
      seed: 3,
    };
    expect(identity(config, toyJsonSchema)).toEqual({
      net: 'a',
      steps: 3,
      policy: { name: 'several', of: [{ policy: { name: 'blend', soft: true }, share: 1 }] },
    });
  });

  it('does not take a field for a method of Object', () => {
    const config = { net: 'constructor', steps: 1, toString: 'x' } as unknown as JsonObject;
    expect(identity(config, toyJsonSchema)).toEqual({ net: 'constructor', steps: 1, toString: 'x' });
  });
});
