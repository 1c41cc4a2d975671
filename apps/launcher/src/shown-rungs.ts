import type { PlanFile } from '@mixlab/contracts';
import { readRungs } from '@mixlab/results';

/** Of an experiment of which only the best runs are trained to the end. */
export interface ShownRungs {
  readonly metric: string;
  /** How many runs train to each; from the rung under way on as many as there are at most. */
  readonly rungs: readonly { readonly epoch: number; readonly runs: number }[];
  /** The rung under way, from 1. */
  readonly current: number;
  /** Epochs after which runs were left out, by the runs' names. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** How far the halving of a plan is; undefined where it has none. `folder` is `work_dirs/<experiment>`. */
export function shownRungs(plan: PlanFile, folder: string): ShownRungs | undefined {
  const found = readRungs(plan, folder);
  if (!found) return undefined;
  const leftOut = plan.runs.flatMap(({ name, hash }) => {
    const epoch = found.leftOut.get(hash);
    return epoch === undefined ? [] : [[name, epoch] as const];
  });
  return {
    metric: found.metric,
    rungs: found.epochs.map((epoch, rung) => ({ epoch, runs: found.runs[rung]! })),
    current: found.current + 1,
    leftOut: Object.fromEntries(leftOut),
  };
}

export function rungText({ metric, rungs, current }: ShownRungs): string {
  const steps = rungs.map(({ epoch, runs }, rung) => {
    const word = rung + 1 === current ? 'now ' : '';
    return `${word}${runs} to epoch ${epoch}`;
  });
  return `halving by ${metric}: ${steps.join(', ')}`;
}
