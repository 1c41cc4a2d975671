import { describedMethodSchema, jsonSchemaSchema } from '@mixlab/contracts';
import { z } from 'zod';
import type { CatalogExtension } from './extension.ts';
import { runConfigVersion } from './generated/run-config-json-schema.ts';
import type { Rule } from './rule.ts';

const rule = z.custom<Rule>((value) => typeof value === 'object' && value !== null && 'kind' in value);

/** A catalog extension that fits this version of Mixlab: a package's own parameters are no part of the format's versions. */
export const catalogExtensionSchema: z.ZodType<CatalogExtension> = z.strictObject({
  package: z.string(),
  schemaVersion: z
    .int()
    .min(1)
    .max(runConfigVersion, `this Mixlab knows run configs up to version ${runConfigVersion}`),
  methods: z.array(describedMethodSchema.extend({ schema: jsonSchemaSchema })),
  backbones: z.array(z.strictObject({ name: z.string(), family: z.string() })),
  rules: z.array(rule),
});
