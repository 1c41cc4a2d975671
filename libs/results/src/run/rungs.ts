import { HALVING_FOLDER, rungDecisionSchema, runsAtRungs } from '@mixlab/contracts';
import type { Halving, PlanFile } from '@mixlab/contracts';
import { readJson } from './read-json.ts';

/** How far the halving of a plan is. */
export interface RungState {
  readonly metric: string;
  /** Epochs of each rung, the last of them those of the whole training. */
  readonly epochs: readonly number[];
  /** How many runs train to each rung: as decided, and from the rung under way on as many as there are at most. */
  readonly runs: readonly number[];
  /** The rung under way, from 0. */
  readonly current: number;
  /** Epochs after which runs were left out, by the runs' hashes. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Undefined for a plan that trains all of its runs to the end. `folder` is `work_dirs/<experiment>`. Never throws. */
export function readRungs({ halving, runs }: PlanFile, folder: string): RungState | undefined {
  if (!halving) return undefined;
  const competing = new Set(runs.filter(({ selected }) => selected).map(({ hash }) => hash));
  const counts = [competing.size];
  const leftOut = new Map<string, number>();
  for (let rung = 1; rung < halving.rungs.length; rung++) {
    const file = readJson(`${folder}/${HALVING_FOLDER}/rung-${rung}.json`);
    const decision = rungDecisionSchema.safeParse(file.kind === 'value' && file.value);
    // One of other runs is refused by the scripts, which say what to do.
    if (!decision.success || !decision.data.runs.some(({ hash }) => competing.has(hash))) break;
    for (const { hash, goesOn } of decision.data.runs) {
      if (!goesOn && competing.delete(hash)) leftOut.set(hash, decision.data.epoch);
    }
    counts.push(competing.size);
  }
  return {
    metric: halving.metric,
    epochs: halving.rungs,
    runs: [...counts.slice(0, -1), ...expected(halving, counts)],
    current: counts.length - 1,
    leftOut,
  };
}

/** Of the rung under way and those that follow it. */
function expected(halving: Halving, counts: readonly number[]): number[] {
  const rungs = halving.rungs.slice(counts.length - 1);
  return runsAtRungs({ ...halving, rungs }, counts.at(-1)!);
}
