import { defineCommand } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { requestCancel } from '@mixlab/launch';
import { readTrialStatus, wrongNames } from '@mixlab/results';
import { z } from 'zod';
import { placeOf, readNamedTrials, stateOption, titleOf, trialOptions } from './named-trials.ts';
import type { NamedTrial } from './named-trials.ts';

const cancelOptions = z.strictObject({
  run: trialOptions.run,
  trial: trialOptions.trial,
  experiment: trialOptions.experiment,
  state: stateOption,
  dryRun: z.boolean().default(false).describe('say what would be cancelled').meta({ short: 'n' }),
  out: trialOptions.out,
  workDir: trialOptions.workDir,
});

type Outcome = 'cancelled' | 'asked to end' | 'cancelled before' | 'completed' | 'not cancelled';

/**
 * `mixlab cancel`: asks the trials that it is told of to end with a checkpoint, on whatever machine they run, and not to be
 * started again, by a file in their run directories. What is completed stays completed. Exit code 0, 1 where a file could
 * not be written or a plan not be read, 2 where no trials were named.
 */
export const cancelCommand = defineCommand({
  name: 'cancel',
  description: 'End trials with a checkpoint, and keep them from being started again until `mixlab resume`',
  options: cancelOptions,
  wrongNames,
  run: cancelTrials,
});

async function cancelTrials(options: z.output<typeof cancelOptions>, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab cancel: ${line}\n`);
  if (!options.run && !options.experiment && !options.state) {
    complain('nothing is named: RUN…, --experiment or --state says what is to be cancelled');
    return 2;
  }
  const { trials, problems, exitCode } = readNamedTrials(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return 2;

  const counts = new Map<Outcome, number>();
  for (const trial of trials) {
    const outcome = outcomeFor(trial);
    const problem =
      outcome === 'completed' || outcome === 'cancelled before' || options.dryRun
        ? undefined
        : request(trial);
    const ended = problem === undefined ? outcome : 'not cancelled';
    counts.set(ended, (counts.get(ended) ?? 0) + 1);
    io.stdout(`${ended.padEnd(16)}  ${titleOf(trial)}${note(trial, ended, problem)}\n`);
  }
  const summary = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  io.stdout(`${options.dryRun ? 'dry run: ' : ''}${summary || 'there is no such trial'}\n`);
  return counts.has('not cancelled') ? 1 : exitCode;
}

function outcomeFor({ state, cancelAsked }: NamedTrial): Outcome {
  if (state === 'completed') return 'completed';
  if (cancelAsked || state === 'cancelled') return 'cancelled before';
  return state === 'running' ? 'asked to end' : 'cancelled';
}

/** Says what went wrong, if anything did. */
function request({ directory, path, hash }: NamedTrial): string | undefined {
  // A folder of the planned trial's name may be another run's.
  if (directory === null && (readTrialStatus(path).hash ?? hash) !== hash)
    return `${path} belongs to another run`;
  try {
    requestCancel(path, hash);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function note(trial: NamedTrial, outcome: Outcome, problem: string | undefined): string {
  if (problem !== undefined) return `: ${problem}`;
  if (outcome === 'asked to end') return `, ${placeOf(trial)}`;
  return outcome === 'cancelled' ? `, was ${trial.state}` : '';
}
