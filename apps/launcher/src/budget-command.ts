import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { planFolders, planOptions, readPlans, wrongNames } from '@mixlab/results';
import { z } from 'zod';
import { forecast, refusal, renderForecast } from './budget.ts';
import { maxGpuHours, wholeNumber } from './budget-options.ts';
import { selectionOptions, wantedBy } from './select-trials.ts';

const budgetOptions = z.strictObject({
  experiment: planOptions.experiment,
  ...selectionOptions,
  resumeCancelled: z.boolean().default(false).describe('count trials that were cancelled'),
  gpusPerRun: wholeNumber(0)
    .optional()
    .describe('GPUs of a trial, if not what the experiment says')
    .meta({ placeholder: 'n' }),
  slots: wholeNumber(1).default(1).describe('trials at a time').meta({ placeholder: 'n' }),
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
  wrongNames,
  run: showBudget,
});

async function showBudget(options: BudgetOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab budget: ${line}\n`);
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return exitCode;
  const { out } = planFolders(options, io);
  const { gpusPerRun, slots, device } = options;
  const wanted = wantedBy(options);
  const found = forecast({
    plans,
    out,
    workDir,
    wanted: (_, trial) => wanted(trial),
    gpusPerRun,
    slots,
    device,
  });
  found.problems.forEach(complain);
  const text = `${JSON.stringify(found, null, 2)}\n`;
  io.stdout(options.json === true ? text : renderForecast(found));
  if (typeof options.json === 'string') writeFileSync(resolve(io.cwd, options.json), text);
  const why = options.maxGpuHours === undefined ? undefined : refusal(found, options.maxGpuHours);
  if (why !== undefined) complain(why);
  return why !== undefined || found.problems.length > 0 ? 1 : exitCode;
}
