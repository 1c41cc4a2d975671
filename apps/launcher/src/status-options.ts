import { planOptions } from '@mixlab/results';
import { z } from 'zod';
import { shownStates } from './queued-trials.ts';

export const statusOptions = z.strictObject({
  experiment: planOptions.experiment,
  state: z
    .array(z.enum(shownStates))
    .optional()
    .describe('only trials in these states; by default all')
    .meta({ placeholder: 'state' }),
  watch: z.boolean().default(false).describe('look again every two seconds, until Ctrl-C'),
  out: planOptions.out,
  workDir: planOptions.workDir,
  json: planOptions.json,
});

export type StatusOptions = z.output<typeof statusOptions>;
