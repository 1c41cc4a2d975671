import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';

/** `mixlab init`: a first experiment, and what npm and an editor need. `npm create mixlab` does the same. */
export const initCommand = defineCommand({
  name: 'init',
  description:
    'Start a workspace in a folder: an experiment that trains on a CPU, scripts for npm, and settings for the editor.',
  options: z.strictObject({
    folder: z
      .string()
      .min(1, 'expected a folder')
      .default('.')
      .describe('where to start it, made if it is not there')
      .meta({ placeholder: 'folder', positional: true }),
  }),
  anywhere: true,
  run: async ({ folder }, io) => (await import('./start-workspace.ts')).startWorkspace(folder, io),
});
