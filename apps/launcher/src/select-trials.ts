import { join } from 'node:path';
import type { PlanFile } from '@mixlab/contracts';
import { readStatus } from '@mixlab/results';
import type { RunStatus, TrialState } from '@mixlab/results';
import { z } from 'zod';

const flag = (description: string) => z.boolean().default(false).describe(description);

/** Options that select trials by what their run directories say; several of them add up. */
export const selectionOptions = {
  failed: flag('only trials that failed'),
  missing: flag('only trials that were never started'),
  stale: flag('only trials whose process is gone'),
};

const stateOf = { failed: 'failed', missing: 'planned', stale: 'stale' } as const;

export type TrialSelection = Readonly<Partial<Record<keyof typeof stateOf, boolean>>>;

/** The states that were asked for; undefined where none was, which means all trials. */
export function selectedStates(options: TrialSelection): readonly TrialState[] | undefined {
  const names = (Object.keys(stateOf) as (keyof typeof stateOf)[]).filter((name) => options[name]);
  return names.length > 0 ? names.map((name) => stateOf[name]) : undefined;
}

/**
 * The trials in these states among those that the experiment's scripts list, as the scripts take them with `--list`: a
 * line each, `RUN TRIAL`. Empty where there are none.
 */
export function listTrials(plan: PlanFile, workDir: string, states: readonly TrialState[]): string {
  const listed = new Set(plan.runs.filter(({ selected }) => selected).map(({ name }) => name));
  return readStatus(plan, join(workDir, plan.experiment))
    .filter(({ run, state }) => listed.has(run) && states.includes(state))
    .map(({ run, trial }) => `${run} ${trial}\n`)
    .join('');
}

/** What a generated script starts unless it is told otherwise. */
const OPEN: readonly TrialState[] = ['planned', 'interrupted', 'stale', 'failed', 'paused'];

/** Which trials a command with these options trains; those that run now are somebody else's. */
export function wantedBy(
  options: TrialSelection & { readonly resumeCancelled: boolean },
): (trial: RunStatus) => boolean {
  const states = new Set<TrialState>(selectedStates(options) ?? OPEN);
  if (options.resumeCancelled) states.add('cancelled');
  return ({ state }) => states.has(state);
}
