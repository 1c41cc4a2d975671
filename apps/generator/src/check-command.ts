import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';

export const checkOptions = z.strictObject({
  file: z
    .array(z.string())
    .optional()
    .describe('authored files (*.config.ts), or folders of them; default: all of configs/')
    .meta({ placeholder: 'file', positional: true }),
  loadLimit: z.coerce
    .number({ error: 'expected a number of seconds' })
    .positive('expected more than 0 seconds')
    .default(10)
    .describe('seconds that one file may take to load')
    .meta({ placeholder: 'seconds' }),
  json: z
    .union([z.boolean(), z.string().min(1, 'expected a file')])
    .default(false)
    .describe('print nothing but JSON; with a file, write JSON there beside what is printed')
    .meta({ placeholder: 'file' }),
});

export type CheckOptions = z.output<typeof checkOptions>;

/** `mixlab check`: everything that is wrong with authored experiments, as `configs` would refuse them, and what is odd. */
export const checkCommand = defineCommand({
  name: 'check',
  description: 'Check authored experiments, types and values, and write nothing.',
  options: checkOptions,
  run: async (options, io) => (await import('./run-check.ts')).runCheck(options, io),
});
