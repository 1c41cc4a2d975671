import { alignColumns } from '@mixlab/contracts';
import type { RunStatus } from '@mixlab/results';
import { trialStates } from '@mixlab/results';
import { placeOf } from './named-trials.ts';

/** The trials of a plan that were asked for, in its order. */
export interface ExperimentStatus {
  readonly experiment: string;
  readonly trials: readonly RunStatus[];
  /** Of the whole plan. */
  readonly total: number;
}

const HEAD = ['run', 'trial', 'state', 'attempt', 'epoch', 'metric', 'heartbeat', 'where', 'why'];

/** For each experiment a line that counts its trials by state, and a line for each trial. */
export function renderStatus(found: readonly ExperimentStatus[]): string {
  return found.map(renderExperiment).join('\n');
}

function renderExperiment({ experiment, trials, total }: ExperimentStatus): string {
  const counts = trialStates.flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  const of = trials.length < total ? `${trials.length} of ${total} trials` : `${total} trials`;
  const title = `${experiment}: ${[of, ...counts].join(', ')}\n`;
  if (trials.length === 0) return title;
  const lines = alignColumns([HEAD, ...trials.map(cells)]).map((line) => `  ${line}\n`);
  return `${title}\n${lines.join('')}`;
}

function cells(trial: RunStatus): string[] {
  const { run, state, attempt, epoch, maxEpochs, metric, value, secondsSinceHeartbeat: silence } = trial;
  return [
    run,
    String(trial.trial),
    state,
    attempt > 0 ? String(attempt) : '',
    `${epoch}/${maxEpochs ?? '?'}`,
    value === null ? '' : `${metric} ${value.toFixed(2)}`,
    silence === null || (state !== 'running' && state !== 'stale') ? '' : `${duration(silence)} ago`,
    state === 'planned' ? '' : placeOf(trial),
    why(trial),
  ];
}

function why({ state, cancelAsked, error }: RunStatus): string {
  if (state === 'running' && cancelAsked) return 'asked to end: a checkpoint, then cancelled';
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
