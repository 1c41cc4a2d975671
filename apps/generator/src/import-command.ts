import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';

export const importOptions = z.strictObject({
  path: z
    .array(z.string())
    .min(1, 'expected a file')
    .describe('sweep scripts (auto_train_*.py) and configs of an OpenMixup checkout')
    .meta({ placeholder: 'file', positional: true }),
  name: z
    .string()
    .regex(
      /^[a-z0-9_][a-z0-9._-]*(\/[a-z0-9_][a-z0-9._-]*)*$/,
      'expected a name like flowers/r18: a-z, 0-9, ".", "_", "-" and "/"',
    )
    .optional()
    .describe(
      'name of the experiment, and of its file below configs/; default: openmixup/ and the path in the checkout',
    )
    .meta({ placeholder: 'name' }),
  out: z
    .string()
    .min(1, 'expected a folder')
    .optional()
    .describe('folder to write to; default: configs in the workspace')
    .meta({ placeholder: 'folder' }),
  keepDefects: z
    .boolean()
    .default(false)
    .describe("keep what OpenMixup's generator does where nothing reads it: axes like total_epochs"),
  force: z
    .boolean()
    .default(false)
    .describe('overwrite files that were edited since they were imported')
    .meta({ short: 'f' }),
  json: z.boolean().default(false).describe('print nothing but JSON'),
});

export type ImportCommandOptions = z.output<typeof importOptions>;

/** `mixlab import`: sweeps and configs of OpenMixup in, typed experiments out. */
export const importCommand = defineCommand({
  name: 'import',
  description: "Turn OpenMixup's sweep scripts and configs into typed experiments, without running them.",
  options: importOptions,
  run: async (options, io) => (await import('./import-files.ts')).importFiles(options, io),
});
