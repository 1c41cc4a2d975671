import { defineCommand } from '@mixlab/contracts';
import { compareOptions } from './compare-options.ts';

/** `mixlab compare`: an experiment's cells beside the published ones, or beside another plan's. */
export const compareCommand = defineCommand({
  name: 'compare',
  description: 'Put results beside the published ones, or beside those of another plan, commit or engine',
  options: compareOptions,
  run: async (options, io) => (await import('./run-compare.ts')).runCompare(options, io),
});
