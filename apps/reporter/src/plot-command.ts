import { defineCommand } from '@mixlab/contracts';
import { plotOptions } from './plot-options.ts';

/** `mixlab plot`: figures of an experiment's results, as SVG and PNG. */
export const plotCommand = defineCommand({
  name: 'plot',
  description: 'Draw learning curves, accuracy by length of training, bars and sensitivity, as SVG and PNG',
  options: plotOptions,
  run: async (options, io) => (await import('./run-plot.ts')).runPlot(options, io),
});
