import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';

/** `mixlab init`: a first experiment, and what an editor needs to check it. */
export const initCommand = defineCommand({
  name: 'init',
  description:
    'Start a workspace in this folder: an experiment that trains on a CPU, and settings for the editor.',
  options: z.strictObject({}),
  anywhere: true,
  run: async (_, io) => (await import('./start-workspace.ts')).startWorkspace(io),
});
