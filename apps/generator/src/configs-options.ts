import { z } from 'zod';

const names = z.array(z.string()).min(1, 'expected a name').optional();

/** Options of `configs`: the axes' flags select among the authored points, `set` changes values. */
export const configsOptions = z.strictObject({
  experiment: names.describe('experiments by name or glob; default: all').meta({ placeholder: 'name' }),
  mixMode: names.describe('only the runs of these methods').meta({ placeholder: 'method' }),
  backbone: names.describe('only the runs of these backbones').meta({ placeholder: 'name' }),
  maxEpochs: z
    .array(z.coerce.number({ error: 'expected a number of epochs' }))
    .min(1, 'expected a number of epochs')
    .optional()
    .describe('only the runs that train for so many epochs')
    .meta({ placeholder: 'epochs' }),
  set: z
    .array(z.string())
    .optional()
    .describe('change a value in every run; makes a sibling experiment <name>.set-<8 hex digits>')
    .meta({ placeholder: 'path=value', commas: false }),
  out: z
    .string()
    .min(1, 'expected a folder')
    .optional()
    .describe('folder to write to; default: generated in the workspace')
    .meta({ placeholder: 'folder' }),
  naming: z
    .enum(['mixlab', 'openmixup'])
    .default('mixlab')
    .describe(
      "how config files are named: openmixup is as OpenMixup's generator has it, beside the base config",
    ),
  engine: z
    .enum(['mixlab', 'openmixup'])
    .optional()
    .describe('what to write configs for, if not what the experiments are written for; openmixup needs --out')
    .meta({ placeholder: 'name' }),
  strictOpenmixup: z
    .boolean()
    .default(false)
    .describe("with --engine=openmixup, take OpenMixup's own settings where ours differ on purpose"),
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
  yes: z
    .boolean()
    .default(false)
    .describe('write without asking where results would belong to no run any more')
    .meta({ short: 'y' }),
  json: z
    .union([z.boolean(), z.string().min(1, 'expected a file')])
    .default(false)
    .describe('print nothing but JSON; with a file, write JSON there beside what is printed')
    .meta({ placeholder: 'file' }),
});

export type ConfigsOptions = z.output<typeof configsOptions>;
