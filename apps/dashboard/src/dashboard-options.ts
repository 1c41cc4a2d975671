import { planOptions } from '@mixlab/results';
import { z } from 'zod';

export const dashboardOptions = z.strictObject({
  experiment: planOptions.experiment,
  port: z.coerce
    .number({ error: 'expected a port, 0 to 65535' })
    .int('expected a port, 0 to 65535')
    .min(0, 'expected a port, 0 to 65535')
    .max(65535, 'expected a port, 0 to 65535')
    .default(0)
    .describe('port on 127.0.0.1; 0 is any that is free')
    .meta({ placeholder: 'port' }),
  open: z
    .enum(['auto', 'true', 'false'])
    .default('auto')
    .describe('open the page in a browser; auto does so from a terminal with a screen')
    .meta({ placeholder: 'when' }),
  poll: z.coerce
    .number({ error: 'expected a number of seconds, from 1' })
    .min(1, 'expected a number of seconds, from 1')
    .max(86_400, 'expected a number of seconds, at most 86400')
    .optional()
    .describe(
      'look at every run directory so often, for network folders whose changes the system does not tell',
    )
    .meta({ placeholder: 'seconds' }),
  export: z
    .string()
    .min(1)
    .optional()
    .describe('write the page as it is now to one HTML file instead')
    .meta({ placeholder: 'file' }),
  out: planOptions.out,
  workDir: planOptions.workDir,
});

export type DashboardOptions = z.output<typeof dashboardOptions>;
