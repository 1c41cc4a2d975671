import type { TrialView } from '../src/view.ts';

export type State = TrialView['state'];

/** What asks for attention first. */
export const states: readonly State[] = [
  'failed',
  'stale',
  'running',
  'queued',
  'interrupted',
  'paused',
  'cancelled',
  'planned',
  'completed',
];

export function progressText({ epoch, maxEpochs }: Pick<TrialView, 'epoch' | 'maxEpochs'>): string {
  return `${epoch}/${maxEpochs ?? '?'}`;
}

export function valueText({ metric, value }: Pick<TrialView, 'metric' | 'value'>): string {
  return value === null ? '' : `${metric} ${value.toFixed(2)}`;
}

interface TrialReason extends Pick<TrialView, 'state' | 'cancelAsked' | 'error' | 'queued'> {
  /** Where a halving left its run out. */
  readonly leftOutAfter: number | null;
}

/** Why a trial stands as it does, in a line; empty where there is nothing to say. */
export function reasonText({ state, cancelAsked, error, queued, leftOutAfter }: TrialReason): string {
  if (queued) return `job ${queued.job}: ${queued.reason || queued.state}`;
  if (state === 'running' && cancelAsked) return 'asked to end';
  if (state === 'paused' && leftOutAfter !== null) return `left out after epoch ${leftOutAfter}`;
  return error?.split('\n', 1)[0] ?? '';
}

export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} d`;
}

export function countOf<T>(items: readonly T[], keyOf: (item: T) => State): Map<State, number> {
  const counts = new Map<State, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
