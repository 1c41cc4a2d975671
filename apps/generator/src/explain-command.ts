import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';
import { configsOptions } from './configs-options.ts';

const RUN_EXPECTED =
  'expected a run: its name, the beginning of it, or some digits of its hash (with --diff, two runs)';

export const explainOptions = z.strictObject({
  run: z
    .string({ error: RUN_EXPECTED })
    .min(1, RUN_EXPECTED)
    .describe('a run by name, glob, the beginning of a name, some digits of a hash, or its config file')
    .meta({ positional: true }),
  path: z
    .string()
    .min(1, 'expected the path of a field')
    .optional()
    .describe('only this field, and what is in it: optimizer.lr, report')
    .meta({ positional: true }),
  diff: z
    .string()
    .min(1, RUN_EXPECTED)
    .optional()
    .describe('only what is another in this run, which comes first: --diff RUN_A RUN_B')
    .meta({ placeholder: 'run' }),
  experiment: configsOptions.shape.experiment,
  set: configsOptions.shape.set.describe('as it was given to "mixlab configs"'),
  json: configsOptions.shape.json,
});

export type ExplainOptions = z.output<typeof explainOptions>;

/**
 * `mixlab explain`: where each value of a run's config, its trials, report and launch were set, and what they replaced. Reads
 * authored files only.
 */
export const explainCommand = defineCommand({
  name: 'explain',
  description: "Tell where each value of a run's config was set, and what it replaced",
  options: explainOptions,
  run: async (options, io) => (await import('./run-explain.ts')).runExplain(options, io),
});
