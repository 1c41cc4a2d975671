import type { ConfigIssue, JsonObject, SweepSchema } from '@mixlab/contracts';
import { runConfigJsonSchema, runConfigVersion } from './generated/run-config-json-schema.ts';
import { runConfigSchema } from './generated/run-config-schema.ts';
import type { RunConfig } from './generated/run-config.ts';
import { rules } from './generated/rules.ts';
import { brokenRules } from './broken-rules.ts';
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
    const issues: readonly ConfigIssue[] = brokenRules(rules, parsed.data);
    return issues.length > 0 ? { issues } : { value: parsed.data };
  },
};
