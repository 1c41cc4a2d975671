import { join } from 'node:path';
import type { CommandIo } from '@mixlab/contracts';
import { planOptions, readPlans, readStatus, selectRuns, trialStates } from '@mixlab/results';
import type { PlanSelection, RunStatus, TrialState } from '@mixlab/results';
import { z } from 'zod';

const RUN_EXPECTED = 'expected the name of a run';

/** The argument of a command that has to be told of at least one run. */
export const runsArgument = z
  .array(z.string().min(1, RUN_EXPECTED), { error: RUN_EXPECTED })
  .min(1, RUN_EXPECTED)
  .describe(
    'runs by name or glob, or by the beginning of a name or some digits of a hash; NAME/trial2 is one trial',
  )
  .meta({ positional: true, commas: false });

/** Options of every command that is told on the command line which trials it is about. */
export const trialOptions = {
  run: runsArgument.optional(),
  trial: z.coerce
    .number({ error: 'expected the number of a trial' })
    .int('expected the number of a trial')
    .positive('trials count from 1')
    .optional()
    .describe('only this trial of each run')
    .meta({ placeholder: 'k' }),
  experiment: planOptions.experiment,
  out: planOptions.out,
  workDir: planOptions.workDir,
};

export const stateOption = z
  .array(z.enum(trialStates))
  .optional()
  .describe('only trials in these states')
  .meta({ placeholder: 'state' });

/** One trial as it stands, and what it is of. */
export interface NamedTrial extends RunStatus {
  readonly experiment: string;
  /** The run's full hash. */
  readonly hash: string;
  /** Whether the experiment's scripts list it. */
  readonly listed: boolean;
  /** Its directory, absolute, whether or not it is there already. */
  readonly path: string;
}

export interface NamedTrials {
  readonly trials: readonly NamedTrial[];
  /** A line for each name that means no trial, and for each plan that cannot be read. */
  readonly problems: readonly string[];
  /** 1 where a plan cannot be read, 2 where a name is wrong. */
  readonly exitCode: 0 | 1 | 2;
}

/** The trials that the options of `trialOptions` name, in their plans' order; all of them where none is named. */
export function readNamedTrials(
  options: PlanSelection & {
    readonly run?: readonly string[] | undefined;
    readonly trial?: number | undefined;
    readonly state?: readonly TrialState[] | undefined;
  },
  io: CommandIo,
): NamedTrials {
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  if (exitCode === 2) return { trials: [], problems, exitCode };
  const named = options.run && selectRuns(plans, options.run);
  if (named && named.problems.length > 0)
    return { trials: [], problems: [...problems, ...named.problems], exitCode: 2 };
  const trials = plans.flatMap((plan): NamedTrial[] => {
    const { experiment } = plan;
    const folder = join(workDir, experiment);
    const runs = new Map(plan.runs.map((run) => [run.name, run]));
    return readStatus(plan, folder)
      .filter(
        ({ run, trial, state }) =>
          (options.trial ?? trial) === trial &&
          (options.state?.includes(state) ?? true) &&
          (named?.has(experiment, run, trial) ?? true),
      )
      .map((status) => ({
        ...status,
        experiment,
        hash: runs.get(status.run)!.hash,
        listed: runs.get(status.run)!.selected,
        path: join(folder, status.directory ?? join(status.run, `trial${status.trial}`)),
      }));
  });
  return { trials, problems, exitCode };
}

/** How a trial is called in messages. */
export function titleOf({ run, trial }: Pick<NamedTrial, 'run' | 'trial'>): string {
  return `${run} trial ${trial}`;
}

/** Where a trial was last at work: `node7:4711 job 17_3`. */
export function placeOf({ host, pid, job }: Pick<NamedTrial, 'host' | 'pid' | 'job'>): string {
  return [...(host === null ? [] : [`${host}:${pid}`]), ...(job === null ? [] : [`job ${job}`])].join(' ');
}
