import { plotKinds, themeNames } from '@mixlab/plots/names';
import { planOptions } from '@mixlab/results';
import { z } from 'zod';

export const plotFormats = ['svg', 'png'] as const;

export const plotOptions = z.strictObject({
  experiment: planOptions.experiment,
  kind: z
    .array(z.enum(plotKinds))
    .min(1, 'expected a kind of plot')
    .optional()
    .describe('what is drawn; default: all that there is something for')
    .meta({ placeholder: 'kind' }),
  metric: z
    .string()
    .min(1)
    .optional()
    .describe(
      'metric of the logs, as loss or top5, or of the tests, as test.top1; default: the one that the experiment reports',
    )
    .meta({ placeholder: 'name' }),
  x: z
    .enum(['epochs', 'gpu-hours'])
    .default('epochs')
    .describe('what the length of a training is measured in, for curves and length')
    .meta({ placeholder: 'measure' }),
  axis: z
    .string()
    .min(1)
    .default('mixMode.alpha')
    .describe('path whose values sensitivity is drawn against')
    .meta({ placeholder: 'path' }),
  format: z
    .array(z.enum(plotFormats))
    .min(1, 'expected a format')
    .default(['svg'])
    .describe('what files are written')
    .meta({ placeholder: 'format' }),
  theme: z
    .enum(themeNames)
    .default('light')
    .describe('colours of the paper or of the screen')
    .meta({ placeholder: 'theme' }),
  to: z
    .string()
    .min(1)
    .optional()
    .describe('folder that <experiment>/<kind>.svg is written to; default: plots in the workspace')
    .meta({ placeholder: 'folder' }),
  out: planOptions.out,
  workDir: planOptions.workDir,
});

export type PlotOptions = z.output<typeof plotOptions>;
