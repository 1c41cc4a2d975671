import { defineCommand } from '@mixlab/contracts';
import { recordOptions } from './record-options.ts';

/** `mixlab record`: an experiment's results, frozen for a paper's appendix. */
export const recordCommand = defineCommand({
  name: 'record',
  description: 'Freeze the results of an experiment: table, plan, numbers, hardware, versions, commands',
  options: recordOptions,
  run: async (options, io) => (await import('./run-record.ts')).runRecord(options, io),
});
