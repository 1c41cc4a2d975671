import type { ConfigIssue, JsonObject, JsonValue, SweepSchema } from '@mixlab/contracts';
import type { z } from 'zod';
import { runConfigJsonSchema, runConfigVersion } from './generated/run-config-json-schema.ts';
import { runConfigSchema } from './generated/run-config-schema.ts';
import type { RunConfig } from './generated/run-config.ts';
import { rules } from './generated/rules.ts';
import { ruleCheck } from './broken-rules.ts';
import { unknownBackbone } from './known-backbone.ts';
import { issuesOf } from './zod-issues.ts';

/** What `defineExperiment` expands over: the run config of the training library in this repository. */
export const mixlabSchema: SweepSchema<RunConfig> = {
  engine: 'mixlab',
  version: runConfigVersion,
  jsonSchema: runConfigJsonSchema,
  nameParts: [
    { path: 'backbone', prefix: '' },
    { path: 'mixMode', prefix: '' },
    { path: 'maxEpochs', prefix: 'ep' },
    { path: 'mixMode.alpha', prefix: 'a' },
  ],
  validate(config: JsonObject) {
    const parsed = runConfigSchema.safeParse(config);
    if (!parsed.success) return { issues: issuesOf(parsed.error, config, runConfigJsonSchema) };
    const issues = acrossFields(parsed.data);
    return issues.length > 0 ? { issues } : { value: parsed.data };
  },
  fieldwise: {
    validate(field, value) {
      const parsed = fieldSchemas[field]?.safeParse(value);
      if (parsed?.success) return { value: parsed.data as JsonValue | undefined };
      // The whole schema tells where it lies, and refuses an unknown field.
      const alone: JsonObject = value === undefined ? {} : { [field]: value };
      const { error } = runConfigSchema.safeParse(alone);
      const issues = error ? issuesOf(error, alone, runConfigJsonSchema) : [];
      return { issues: issues.filter(({ path }) => path === field || path?.startsWith(`${field}.`)) };
    },
    rules: acrossFields,
  },
};

const fieldSchemas: Readonly<Record<string, z.ZodType>> = runConfigSchema.shape;

const brokenRules = ruleCheck(rules);

function acrossFields(config: RunConfig): readonly ConfigIssue[] {
  const unknown = unknownBackbone(config.backbone);
  const broken = brokenRules(config);
  return unknown.length > 0 ? [...unknown, ...broken] : broken;
}
