import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { wrongNames } from '@mixlab/results';
import type { TrialState } from '@mixlab/results';
import { z } from 'zod';
import { readNamedTrials, titleOf, trialOptions } from './named-trials.ts';
import type { NamedTrial } from './named-trials.ts';
import { trainPlans } from './run-command.ts';
import { runOptions } from './run-options.ts';
import { toArguments } from './script-arguments.ts';
import { selectedStates, selectionOptions } from './select-trials.ts';
import { submitOptions, submitPlans } from './submit-command.ts';

const { only: _only, smoke: _smoke, resumeCancelled: _resumeCancelled, ...launching } = runOptions.shape;

const resumeOptions = z.strictObject({
  run: trialOptions.run,
  trial: trialOptions.trial,
  ...launching,
  ...selectionOptions,
  launcher: z
    .enum(['local', 'slurm'])
    .default('local')
    .describe('local trains here, slurm submits to the cluster'),
  cancelled: z.boolean().default(false).describe('only trials that were cancelled'),
  experiment: trialOptions.experiment,
});

/** What `slurm.sh` knows, too. */
const SUBMITTED = ['retries', 'gpusPerRun', 'maxGpuHours', 'dryRun'];
const SHARED = [...SUBMITTED, ...Object.keys(selectionOptions), 'experiment', 'out', 'workDir'];

type ResumeOptions = z.output<typeof resumeOptions>;

/** What goes on where no state is asked for; of a run that is named, whatever is not completed and does not run. */
const BEGUN: readonly TrialState[] = ['interrupted', 'stale', 'failed', 'paused'];
const OPEN: readonly TrialState[] = [...BEGUN, 'cancelled', 'planned'];

/**
 * `mixlab resume`: starts the trials that it is told of again, as `mixlab run` does, from their checkpoints. What was
 * cancelled is taken up again where that is asked for by `--cancelled` or by its name. The exit code is that of
 * `mixlab run`.
 */
export const resumeCommand = defineCommand({
  name: 'resume',
  description:
    'Go on with trials that were interrupted, failed or lost their process, or that were cancelled',
  options: resumeOptions,
  wrongNames,
  run: resumeTrials,
});

async function resumeTrials(options: ResumeOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab resume: ${line}\n`);
  const stray = options.launcher === 'slurm' ? strayOptions(options) : [];
  stray.forEach((name) =>
    complain(
      `${toArguments({ [name]: true }).join()} is not for --launcher=slurm; \`npx mixlab submit\` has its options`,
    ),
  );
  const { trials, problems, exitCode } = readNamedTrials(options, io);
  problems.forEach(complain);
  if (stray.length > 0) return 2;
  if (exitCode !== 0) return exitCode;
  const wanted = trials.filter((trial) => isWanted(trial, options));
  const missing = options.run ? wanted.filter(({ listed }) => !listed) : [];
  missing.forEach((trial) =>
    complain(
      `the scripts do not list ${titleOf(trial)}; \`npx mixlab configs --experiment=${trial.experiment}\` writes them anew`,
    ),
  );
  if (missing.length > 0) return 2;

  const chosen = wanted.filter(({ listed }) => listed);
  if (chosen.length === 0) {
    io.stdout(`nothing to resume${trials.length > 0 ? `: ${counts(trials)}` : ''}\n`);
    return 0;
  }
  const experiments = [...new Set(chosen.map(({ experiment }) => experiment))];
  const launch = {
    ...options,
    experiment: experiments,
    only: undefined,
    smoke: false,
    resumeCancelled: chosen.some(({ state, cancelAsked }) => cancelAsked || state === 'cancelled'),
  };
  const choose = (plan: PlanFile) =>
    chosen
      .filter(({ experiment }) => experiment === plan.experiment)
      .map(({ run, trial }) => `${run} ${trial}\n`)
      .join('');
  if (options.launcher === 'local') return trainPlans('resume', launch, io, choose);
  const submission = pick(launch, ['experiment', 'resumeCancelled', 'out', 'workDir', ...SUBMITTED]);
  return submitPlans('resume', submitOptions.parse(submission), io, choose);
}

/** Options of this machine alone that were given although the cluster is to train. */
function strayOptions(options: ResumeOptions): string[] {
  const local = Object.keys(launching).filter((name) => !SHARED.includes(name));
  return local.filter((name) => {
    const value = options[name as keyof ResumeOptions];
    return value !== undefined && value !== false;
  });
}

function pick(options: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}

function isWanted({ state, cancelAsked }: NamedTrial, options: ResumeOptions): boolean {
  const asked = [...(selectedStates(options) ?? []), ...(options.cancelled ? (['cancelled'] as const) : [])];
  const states = asked.length > 0 ? asked : options.run ? OPEN : BEGUN;
  // One that is about to end because somebody asked for it is taken up again, too.
  return states.includes(state) || (state === 'running' && cancelAsked && states.includes('cancelled'));
}

function counts(trials: readonly NamedTrial[]): string {
  const found = new Map<string, number>();
  for (const { state } of trials) found.set(state, (found.get(state) ?? 0) + 1);
  return [...found].map(([state, count]) => `${count} ${state}`).join(', ');
}
