import { tableFormats } from '@mixlab/results';
import { z } from 'zod';

export const tableOptions = z.strictObject({
  experiment: z
    .array(z.string())
    .optional()
    .describe('experiments by name or glob; by default all that have a plan')
    .meta({ placeholder: 'name' }),
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
  out: z
    .string()
    .min(1)
    .optional()
    .describe('folder that the configs were written to; default: generated')
    .meta({ placeholder: 'folder' }),
  workDir: z
    .string()
    .min(1)
    .optional()
    .describe('folder of the run directories; default: $MIXLAB_WORK_DIR, else work_dirs beside --out')
    .meta({ placeholder: 'folder' }),
  json: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe('print nothing but JSON, or write it to a file')
    .meta({ placeholder: 'file' }),
});

export type TableOptions = z.output<typeof tableOptions>;
