import { defineCommand } from '@mixlab/contracts';
import { configsOptions } from './configs-options.ts';

/** `mixlab configs`: authored experiments in, run configs and launch scripts out. */
export const configsCommand = defineCommand({
  name: 'configs',
  description: 'Write run configs and launch scripts of the authored experiments.',
  options: configsOptions,
  run: async (options, io) => (await import('./run-configs.ts')).runConfigs(options, io),
});
