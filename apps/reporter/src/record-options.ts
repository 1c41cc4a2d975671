import { planOptions } from '@mixlab/results';
import { z } from 'zod';

export const recordOptions = z.strictObject({
  experiment: z
    .string()
    .min(1)
    .describe('the experiment whose results are frozen')
    .meta({ placeholder: 'name', positional: true }),
  name: z
    .string()
    .regex(/^[a-z0-9._-]{1,80}$/, 'expected letters a to z, digits, ".", "_" and "-"')
    .optional()
    .describe("what the record is called; default: the experiment's name, with dashes")
    .meta({ placeholder: 'name' }),
  to: z
    .string()
    .min(1)
    .optional()
    .describe('folder of the records; default: docs/results in the workspace')
    .meta({ placeholder: 'folder' }),
  unfinished: z
    .boolean()
    .default(false)
    .describe('record what there is, although trials are missing; the record lists them'),
  published: z
    .boolean()
    .default(false)
    .describe('in the tables, under each row what is published of its method, backbone, epochs and alpha'),
  force: z.boolean().default(false).describe('replace a record of that day and name').meta({ short: 'f' }),
  out: planOptions.out,
  workDir: planOptions.workDir,
});

export type RecordOptions = z.output<typeof recordOptions>;
