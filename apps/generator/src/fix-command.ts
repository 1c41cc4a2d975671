import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';

export const fixOptions = z.strictObject({
  file: z
    .array(z.string())
    .optional()
    .describe('authored files (*.config.ts), or folders of them; default: all of configs/')
    .meta({ placeholder: 'file', positional: true }),
  check: z.boolean().default(false).describe('write nothing; exit with 1 where something would change'),
  dryRun: z.boolean().default(false).describe('print what would change and write nothing'),
  yes: z.boolean().default(false).describe('write without asking').meta({ short: 'y' }),
  json: z
    .union([z.boolean(), z.string().min(1, 'expected a file')])
    .default(false)
    .describe('print nothing but JSON; with a file, write JSON there beside what is printed')
    .meta({ placeholder: 'file' }),
});

export type FixOptions = z.output<typeof fixOptions>;

/** `mixlab fix`: authored files of an older version of the run config, rewritten for the newest. */
export const fixCommand = defineCommand({
  name: 'fix',
  description: 'Rewrite authored experiments for the newest version of the run config.',
  options: fixOptions,
  run: async (options, io) => (await import('./run-fix.ts')).runFix(options, io),
});
