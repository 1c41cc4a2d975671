import { evaluationMetrics } from '@mixlab/contracts';
import type { ConfigIssue, JsonObject, JsonValue, SweepSchema } from '@mixlab/contracts';
import type { z } from 'zod';
import { ruleCheck } from './broken-rules.ts';
import { undividedBatch } from './divided-batch.ts';
import { extendJsonSchema } from './extend-json-schema.ts';
import { extendRunConfigSchema } from './extend-run-config-schema.ts';
import type { CatalogExtension } from './extension.ts';
import { runConfigJsonSchema, runConfigVersion } from './generated/run-config-json-schema.ts';
import type { RunConfig } from './generated/run-config.ts';
import { rules } from './generated/rules.ts';
import { refusedImages } from './image-size.ts';
import { knownBackbones, unknownBackbone } from './known-backbone.ts';
import { missingTeachers } from './missing-teacher.ts';
import { unfitHalving } from './unfit-halving.ts';
import { issuesOf } from './zod-issues.ts';

/** What `defineExperiment` expands over: the run config of the training library in this repository. */
export const mixlabSchema: SweepSchema<RunConfig> = extendMixlabSchema([]);

/** The same with the methods and backbones of users' own packages. */
export function extendMixlabSchema(extensions: readonly CatalogExtension[]): SweepSchema<RunConfig> {
  const methods = extensions.flatMap((extension) => extension.methods);
  const jsonSchema = extendJsonSchema(runConfigJsonSchema, methods);
  const schema = extendRunConfigSchema(methods);
  const backbones = knownBackbones(extensions);
  const brokenRules = ruleCheck([...rules, ...extensions.flatMap((extension) => extension.rules)]);
  const fieldSchemas: Readonly<Record<string, z.ZodType>> = schema.shape;

  function acrossFields(config: Partial<RunConfig>): readonly ConfigIssue[] {
    const { backbone, mixMode, dataset, inputs } = config;
    const refused = [
      ...(backbone === undefined ? [] : unknownBackbone(backbone, backbones)),
      ...(mixMode === undefined ? [] : missingTeachers({ mixMode }, backbones)),
      ...(backbone !== undefined && dataset && inputs ? refusedImages({ backbone, dataset, inputs }) : []),
    ];
    const broken = brokenRules(config);
    return refused.length > 0 ? [...refused, ...broken] : broken;
  }

  return {
    engine: 'mixlab',
    version: runConfigVersion,
    jsonSchema,
    nameParts: [
      { path: 'backbone', prefix: '' },
      { path: 'mixMode', prefix: '' },
      { path: 'maxEpochs', prefix: 'ep' },
      { path: 'mixMode.alpha', prefix: 'a' },
    ],
    validate(config: JsonObject) {
      const parsed = schema.safeParse(config);
      if (!parsed.success) return { issues: issuesOf(parsed.error, config, jsonSchema) };
      const issues = acrossFields(parsed.data);
      return issues.length > 0 ? { issues } : { value: parsed.data };
    },
    metrics: evaluationMetrics,
    unfitMachines: undividedBatch,
    epochs: ({ maxEpochs }) => maxEpochs,
    unfitHalving,
    fieldwise: {
      validate(field, value) {
        const parsed = fieldSchemas[field]?.safeParse(value);
        if (parsed?.success) return { value: parsed.data as JsonValue | undefined };
        // The whole schema tells where it lies, and refuses an unknown field.
        const alone: JsonObject = value === undefined ? {} : { [field]: value };
        const { error } = schema.safeParse(alone);
        const issues = error ? issuesOf(error, alone, jsonSchema) : [];
        return { issues: issues.filter(({ path }) => path === field || path?.startsWith(`${field}.`)) };
      },
      rules: acrossFields,
    },
  };
}
