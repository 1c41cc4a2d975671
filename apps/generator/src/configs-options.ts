import { z } from 'zod';

/** Options of `configs`; the axes' flags select among authored points, `set` changes values. */
export const configsOptions = z.strictObject({
  experiment: z
    .array(z.string())
    .optional()
    .describe('experiments by name or glob; all by default')
    .meta({ placeholder: 'name' }),
  mixMode: z
    .array(z.string())
    .optional()
    .describe('only runs of these methods')
    .meta({ placeholder: 'method' }),
  backbone: z
    .array(z.string())
    .optional()
    .describe('only runs of these backbones')
    .meta({ placeholder: 'name' }),
  maxEpochs: z
    .array(z.coerce.number({ error: 'the value is not allowed here (expected a whole number)' }))
    .optional()
    .describe('only runs of these lengths')
    .meta({ placeholder: 'epochs' }),
  set: z
    .array(z.string())
    .optional()
    .describe('change a value in every run, as a sibling experiment <name>.set-<8 hex digits>')
    .meta({ placeholder: 'path=value', commas: false }),
  out: z.string().min(1).default('generated').describe('folder to write to').meta({ placeholder: 'folder' }),
  dryRun: z
    .boolean()
    .default(false)
    .describe('print the table of runs and write nothing')
    .meta({ short: 'n' }),
  force: z
    .boolean()
    .default(false)
    .describe('overwrite generated files that were changed by hand')
    .meta({ short: 'f' }),
  json: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe('print nothing but JSON, or write it to a file')
    .meta({ placeholder: 'file' }),
});

export type ConfigsOptions = z.output<typeof configsOptions>;
