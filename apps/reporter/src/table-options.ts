import { planOptions, tableFormats } from '@mixlab/results';
import { z } from 'zod';
import { arrangementOptions } from './arrangement.ts';

export const tableOptions = z.strictObject({
  experiment: planOptions.experiment,
  format: z
    .enum(tableFormats)
    .optional()
    .describe('how the tables are printed; terminal in a terminal, md elsewhere')
    .meta({ placeholder: 'format' }),
  ...arrangementOptions,
  atEpoch: z
    .string()
    .regex(/^(common|[1-9][0-9]{0,8})$/, 'must be an epoch, from 1, or "common"')
    .transform((text) => (text === 'common' ? text : Number(text)))
    .optional()
    .describe(
      'compare unfinished trials at this epoch; "common" is the last that every started trial has evaluated',
    )
    .meta({ placeholder: 'epoch' }),
  published: z
    .boolean()
    .default(false)
    .describe('under each row what is published of its method, backbone, epochs and alpha'),
  out: planOptions.out,
  workDir: planOptions.workDir,
  json: planOptions.json,
});

export type TableOptions = z.output<typeof tableOptions>;
