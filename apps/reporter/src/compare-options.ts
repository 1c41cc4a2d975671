import { comparisonFormats, planOptions } from '@mixlab/results';
import { z } from 'zod';
import { arrangementOptions } from './arrangement.ts';

const failures = ['worse', 'different', 'significant', 'missing'] as const;

export const compareOptions = z.strictObject({
  experiment: planOptions.experiment,
  with: z
    .string()
    .min(1)
    .optional()
    .describe('another experiment; default: the published figures, or the same experiment in --with-out')
    .meta({ placeholder: 'name' }),
  withOut: z
    .string()
    .min(1)
    .optional()
    .describe("the other plan's folder of configs, such as another commit's; default: --out")
    .meta({ placeholder: 'folder' }),
  withWorkDir: z
    .string()
    .min(1)
    .optional()
    .describe("the other plan's folder of run directories; default: work_dirs beside --with-out")
    .meta({ placeholder: 'folder' }),
  tolerance: z.coerce
    .number({ error: 'expected a number, from 0' })
    .min(0, 'expected a number, from 0')
    .default(0.3)
    .describe('largest difference that counts as none')
    .meta({ placeholder: 'number' }),
  failOn: z
    .array(z.enum(failures))
    .default([])
    .describe('exit with 1 where a cell is so; significant: worse, with p below 0.05')
    .meta({ placeholder: 'what' }),
  reducer: arrangementOptions.reducer,
  metric: arrangementOptions.metric,
  format: z
    .enum(comparisonFormats)
    .optional()
    .describe('how it is printed; terminal in a terminal, md elsewhere')
    .meta({ placeholder: 'format' }),
  out: planOptions.out,
  workDir: planOptions.workDir,
  json: planOptions.json,
});

export type CompareOptions = z.output<typeof compareOptions>;
