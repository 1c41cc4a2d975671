import { planOptions, tableFormats } from '@mixlab/results';
import { z } from 'zod';

export const tableOptions = z.strictObject({
  ...planOptions,
  format: z
    .enum(tableFormats)
    .optional()
    .describe('how the tables are printed; terminal in a terminal, md elsewhere')
    .meta({ placeholder: 'format' }),
  atEpoch: z
    .string()
    .regex(/^(common|[1-9][0-9]{0,8})$/, 'must be an epoch, from 1, or "common"')
    .transform((text) => (text === 'common' ? text : Number(text)))
    .optional()
    .describe(
      'compare unfinished trials at this epoch; "common" is the last that every started trial has evaluated',
    )
    .meta({ placeholder: 'epoch' }),
  json: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe('print nothing but JSON, or write it to a file')
    .meta({ placeholder: 'file' }),
});

export type TableOptions = z.output<typeof tableOptions>;
