import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { planFolders, planOptions, readPlans } from '@mixlab/results';
import type { RunStatus, TrialState } from '@mixlab/results';
import { z } from 'zod';
import { forecast, refusal, renderForecast } from './budget.ts';
import { selectedStates, selectionOptions } from './select-trials.ts';

const HOURS = 'expected a number of hours, more than 0';

/** An option that takes a whole number. */
export const wholeNumber = (least: number) => {
  const expected = `expected a whole number from ${least}`;
  return z.coerce.number({ error: expected }).int(expected).min(least, expected);
};

/** Option of every command that starts trainings. */
export const maxGpuHours = z.coerce
  .number({ error: HOURS })
  .positive(HOURS)
  .optional()
  .describe(
    'refuse where what is left takes more GPU-hours (on the CPU, hours of this machine), or nobody knows',
  )
  .meta({ placeholder: 'hours' });

const budgetOptions = z.strictObject({
  experiment: planOptions.experiment,
  ...selectionOptions,
  resumeCancelled: z.boolean().default(false).describe('count trials that were cancelled'),
  gpusPerRun: wholeNumber(0)
    .optional()
    .describe('GPUs of a trial, if not what the experiment says')
    .meta({ placeholder: 'n' }),
  slots: wholeNumber(1).default(1).describe('trials at a time; default: 1').meta({ placeholder: 'n' }),
  device: z
    .string()
    .min(1)
    .optional()
    .describe('name of the GPU, or cpu, that is budgeted for; default: what was measured last')
    .meta({ placeholder: 'name' }),
  maxGpuHours,
  out: planOptions.out,
  workDir: planOptions.workDir,
  json: planOptions.json,
});

type BudgetOptions = z.output<typeof budgetOptions>;

/**
 * `mixlab budget`: GPU-hours and wall time of what is left, from the logs of what was trained and from `mixlab probe`.
 * Reads only (but for `--json=FILE`). Exit code 0, 1 above `--max-gpu-hours` or where files are missing, 2 where nothing
 * was selected.
 */
export const budgetCommand = defineCommand({
  name: 'budget',
  description: 'Tell how many GPU-hours what is left of an experiment takes, and how long that is',
  options: budgetOptions,
  run: showBudget,
});

async function showBudget(options: BudgetOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab budget: ${line}\n`);
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return exitCode;
  const { out } = planFolders(options, io);
  const { gpusPerRun, slots, device } = options;
  const found = forecast({ plans, out, workDir, wanted: wantedBy(options), gpusPerRun, slots, device });
  found.problems.forEach(complain);
  const text = `${JSON.stringify(found, null, 2)}\n`;
  io.stdout(options.json === true ? text : renderForecast(found));
  if (typeof options.json === 'string') writeFileSync(resolve(io.cwd, options.json), text);
  const why = options.maxGpuHours === undefined ? undefined : refusal(found, options.maxGpuHours);
  if (why !== undefined) complain(why);
  return why !== undefined || found.problems.length > 0 ? 1 : exitCode;
}

/** What the generated script would start. */
const OPEN: readonly TrialState[] = ['planned', 'interrupted', 'stale', 'failed'];

/** Which trials a command with these options trains; those that run now are somebody else's. */
export function wantedBy(
  options: Pick<BudgetOptions, 'failed' | 'missing' | 'stale' | 'resumeCancelled'>,
): (plan: PlanFile, trial: RunStatus) => boolean {
  const states = new Set<TrialState>(selectedStates(options) ?? OPEN);
  if (options.resumeCancelled) states.add('cancelled');
  return (_, { state }) => states.has(state);
}
