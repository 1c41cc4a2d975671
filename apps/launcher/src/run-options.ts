import { planOptions } from '@mixlab/results';
import { z } from 'zod';
import { maxGpuHours } from './budget-options.ts';
import { toArguments } from './script-arguments.ts';
import { selectionOptions } from './select-trials.ts';

export const flag = (description: string) => z.boolean().default(false).describe(description);

/** A whole number, which the script gets as it was typed. */
export const count = (least: 0 | 1, description: string) =>
  z
    .string()
    .regex(
      least === 0 ? /^\d{1,6}$/ : /^(?=.*[1-9])\d{1,6}$/,
      `expected a whole number from ${least} to 999999`,
    )
    .optional()
    .describe(description)
    .meta({ placeholder: 'n' });

const HOURS = /^(?=.*[1-9])(\d{1,6}(\.\d{0,9})?|\.\d{1,9})$/;

export const strings = (description: string) =>
  z.array(z.string().min(1, 'expected a value')).min(1, 'expected a value').optional().describe(description);

/** Options of `run`: most are those of the generated `local.sh`, to which they are passed. */
export const runOptions = z.strictObject({
  experiment: planOptions.experiment.describe('experiments by name or glob, one after the other'),
  ...selectionOptions,
  only: strings('only runs whose name matches the glob').meta({ placeholder: 'glob' }),
  gpus: strings(
    'GPUs to share out: indices or UUIDs, or a number of them; 0 is the CPU, and 3, is GPU 3 alone',
  ).meta({
    placeholder: 'list|n',
    commas: false,
  }),
  gpusPerRun: count(0, 'GPUs of a trial, if not what the experiment says'),
  jobs: count(1, 'trials at a time; default: as many as the GPUs allow, 1 on the CPU').meta({
    short: 'j',
    placeholder: 'n',
  }),
  keepGoing: flag('go on after a trial failed; default: finish what runs, start nothing more').meta({
    short: 'k',
  }),
  retries: count(0, 'start a failed trial again, so many times at most'),
  retryDelay: count(0, 'seconds before the first retry, twice as many before each further one'),
  maxHours: z
    .string()
    .regex(HOURS, 'expected a number of hours, more than 0')
    .optional()
    .describe('after so many hours stop as after Ctrl-C; 0.5 is half an hour')
    .meta({ placeholder: 'hours' }),
  maxGpuHours,
  resumeCancelled: flag('take up trials that were cancelled'),
  wait: flag('wait for trials that other scripts train, and take up what they leave'),
  smoke: flag('try two steps of every run, in a temporary folder'),
  dryRun: flag('say what would be run and what would be skipped; start nothing').meta({ short: 'n' }),
  detach: flag('leave the script at work, its output in a file, and return; for one experiment'),
  plain: flag("print the script's own lines instead of a view that is drawn anew"),
  out: planOptions.out,
  workDir: planOptions.workDir,
});

export type RunOptions = z.output<typeof runOptions>;

/** The options that `local.sh` gets. */
export function scriptArguments(options: RunOptions, workDir: string): string[] {
  const { gpus, gpusPerRun, jobs, retries, retryDelay, maxHours, only = [] } = options;
  const valued = { gpus: gpus?.join(','), gpusPerRun, jobs, retries, retryDelay, maxHours, workDir };
  const { keepGoing, resumeCancelled, wait, smoke, dryRun } = options;
  return toArguments({ ...valued, keepGoing, resumeCancelled, wait, smoke, dryRun, only });
}
