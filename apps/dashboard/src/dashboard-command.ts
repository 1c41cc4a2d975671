import { defineCommand } from '@mixlab/contracts';
import { dashboardOptions } from './dashboard-options.ts';

/**
 * `mixlab dashboard`: one page over the run directories, served to this machine alone until Ctrl-C, or written to a file.
 * Reads only (but for `--export`). Exit code 0, 1 where the port is taken or a plan cannot be read for an export, 2 where
 * nothing was selected.
 */
export const dashboardCommand = defineCommand({
  name: 'dashboard',
  description: 'Show progress, curves, tables and details of runs on a live page, or write it to a file',
  options: dashboardOptions,
  run: async (options, io) => (await import('./run-dashboard.ts')).runDashboard(options, io),
});
