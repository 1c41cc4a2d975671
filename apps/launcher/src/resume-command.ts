import { defineCommand } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import type { TrialState } from '@mixlab/results';
import { z } from 'zod';
import { readNamedTrials, titleOf, trialOptions } from './named-trials.ts';
import type { NamedTrial } from './named-trials.ts';
import { trainPlans } from './run-command.ts';
import { runOptions } from './run-options.ts';
import { selectedStates, selectionOptions } from './select-trials.ts';

const { only: _only, smoke: _smoke, resumeCancelled: _resumeCancelled, ...launching } = runOptions.shape;

const resumeOptions = z.strictObject({
  run: trialOptions.run,
  trial: trialOptions.trial,
  ...launching,
  ...selectionOptions,
  cancelled: z.boolean().default(false).describe('only trials that were cancelled'),
  experiment: trialOptions.experiment,
});

type ResumeOptions = z.output<typeof resumeOptions>;

/** What goes on where no state is asked for; of a run that is named, whatever is not completed and does not run. */
const BEGUN: readonly TrialState[] = ['interrupted', 'stale', 'failed'];
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
  run: resumeTrials,
});

async function resumeTrials(options: ResumeOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab resume: ${line}\n`);
  const { trials, problems, exitCode } = readNamedTrials(options, io);
  problems.forEach(complain);
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
    resumeCancelled: chosen.some(({ cancelAsked }) => cancelAsked),
  };
  return trainPlans('resume', launch, io, (plan) =>
    chosen
      .filter(({ experiment }) => experiment === plan.experiment)
      .map(({ run, trial }) => `${run} ${trial}\n`)
      .join(''),
  );
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
