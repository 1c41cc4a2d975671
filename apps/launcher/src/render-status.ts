import { alignColumns } from '@mixlab/contracts';
import { placeOf } from './named-trials.ts';
import { shownStates } from './queued-trials.ts';
import type { ShownTrial } from './queued-trials.ts';
import { rungText } from './shown-rungs.ts';
import type { ShownRungs } from './shown-rungs.ts';

/** The trials of a plan that were asked for, in its order. */
export interface ExperimentStatus {
  readonly experiment: string;
  readonly trials: readonly ShownTrial[];
  /** Of the whole plan. */
  readonly total: number;
  readonly rungs?: ShownRungs | undefined;
}

const HEAD = ['run', 'trial', 'state', 'attempt', 'epoch', 'metric', 'heartbeat', 'where', 'why'];

/** For each experiment a line that counts its trials by state, and a line for each trial. */
export function renderStatus(found: readonly ExperimentStatus[]): string {
  return found.map(renderExperiment).join('\n');
}

function renderExperiment({ experiment, trials, total, rungs }: ExperimentStatus): string {
  const counts = shownStates.flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  const of = trials.length < total ? `${trials.length} of ${total} trials` : `${total} trials`;
  const title = `${experiment}: ${[of, ...counts].join(', ')}\n${rungs ? `${rungText(rungs)}\n` : ''}`;
  if (trials.length === 0) return title;
  const lines = alignColumns([HEAD, ...trials.map((trial) => cells(trial, rungs))]).map(
    (line) => `  ${line}\n`,
  );
  return `${title}\n${lines.join('')}`;
}

function cells(trial: ShownTrial, rungs: ShownRungs | undefined): string[] {
  const { run, state, attempt, epoch, maxEpochs, metric, value, secondsSinceHeartbeat: silence } = trial;
  return [
    run,
    String(trial.trial),
    state,
    attempt > 0 ? String(attempt) : '',
    `${epoch}/${maxEpochs ?? '?'}`,
    value === null ? '' : `${metric} ${value.toFixed(2)}`,
    silence === null || (state !== 'running' && state !== 'stale') ? '' : `${duration(silence)} ago`,
    whereOf(trial),
    why(trial, rungs?.leftOut[run]),
  ];
}

function whereOf(trial: ShownTrial): string {
  if (trial.queued) return `job ${trial.queued.job}`;
  return trial.state === 'planned' ? '' : placeOf(trial);
}

function why({ state, cancelAsked, error, queued }: ShownTrial, leftOutAfter: number | undefined): string {
  if (queued?.state === 'PENDING') return `waits in Slurm's queue: ${queued.reason}`;
  if (queued) return `Slurm has its task as ${queued.state.toLowerCase()}`;
  if (state === 'running' && cancelAsked) return 'asked to end: a checkpoint, then cancelled';
  if (state === 'paused' && leftOutAfter !== undefined) return `left out after epoch ${leftOutAfter}`;
  return error?.split('\n', 1)[0] ?? '';
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** What is wrong in run directories. */
export function warningLines({ experiment, trials }: ExperimentStatus): string[] {
  return trials.flatMap(({ run, trial, warnings }) =>
    warnings.map((warning) => `${experiment}: ${run}, trial ${trial}: ${warning}`),
  );
}
