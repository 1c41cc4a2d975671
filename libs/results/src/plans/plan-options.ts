import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { CommandIo } from '@mixlab/contracts';
import { z } from 'zod';

/** Options of every command that looks at plans and run directories. */
export const planOptions = {
  experiment: z
    .array(z.string())
    .optional()
    .describe('experiments by name or glob; by default all that have a plan')
    .meta({ placeholder: 'name' }),
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
    .describe(
      'folder of the run directories; default: $MIXLAB_WORK_DIR, else work_dirs beside --out, or in it if that is a checkout of OpenMixup',
    )
    .meta({ placeholder: 'folder' }),
  json: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe('print nothing but JSON, or write it to a file')
    .meta({ placeholder: 'file' }),
};

/** Where plans and run directories lie. */
export interface PlanFolders {
  /** Absolute. */
  readonly out: string;
  /** As a person in the current folder would write it. */
  readonly shownOut: string;
  /** Absolute; an experiment's run directories are below `<workDir>/<experiment>`. */
  readonly workDir: string;
}

export function planFolders(
  given: { readonly out?: string | undefined; readonly workDir?: string | undefined },
  { home, cwd, env }: CommandIo,
): PlanFolders {
  const out = given.out === undefined ? join(home, 'generated') : resolve(cwd, given.out);
  const workDir = given.workDir ?? env?.['MIXLAB_WORK_DIR'];
  return {
    out,
    shownOut: shownPath(out, cwd),
    workDir: workDir ? resolve(cwd, workDir) : join(homeOf(out), 'work_dirs'),
  };
}

/** As the launch scripts settle it: a checkout of OpenMixup is where its trainings run. */
function homeOf(out: string): string {
  return existsSync(join(out, 'tools/dist_train.sh')) ? out : dirname(out);
}

/** A path as a person in folder `cwd` would write it; both are absolute. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
