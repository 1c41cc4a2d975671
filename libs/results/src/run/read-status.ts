import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFile, PlanRun, Status } from '@mixlab/contracts';
import { lastValue } from '../log/last-value.ts';
import { RunDirectories } from './directories.ts';
import type { TrialDirectory } from './directories.ts';
import type { TrialState } from './state.ts';

/** One trial of a plan as it stands. */
export interface RunStatus {
  readonly run: string;
  readonly trial: number;
  readonly state: TrialState;
  /** Counts from 1; 0 before the first. */
  readonly attempt: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** Null where neither plan nor status tells. */
  readonly maxEpochs: number | null;
  /** Name of the report's metric, and its newest value. */
  readonly metric: string;
  readonly value: number | null;
  /** Since the status was last written, as this machine's clock has it; null without a status. */
  readonly secondsSinceHeartbeat: number | null;
  readonly host: string | null;
  readonly pid: number | null;
  /** Of a scheduler such as Slurm. */
  readonly job: string | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  /** Below the experiment's folder; null where there is none. */
  readonly directory: string | null;
  readonly warnings: readonly string[];
}

/** Every planned trial of a plan, in its order; `folder` is `work_dirs/<experiment>`. Reads only. */
export function readStatus(plan: PlanFile, folder: string, now: number = Date.now()): RunStatus[] {
  const directories = new RunDirectories(folder);
  return plan.runs.flatMap((run) => {
    const { trials, warnings } = directories.find(run, now);
    return Array.from({ length: run.trials }, (_, index) => {
      const found = trialStatus(run, index + 1, folder, trials.get(index + 1), now);
      // What is wrong with a run as a whole is said once.
      return index === 0 ? { ...found, warnings: [...warnings, ...found.warnings] } : found;
    });
  });
}

function trialStatus(
  run: PlanRun,
  trial: number,
  folder: string,
  found: TrialDirectory | undefined,
  now: number,
): RunStatus {
  const { metric } = run.report;
  const status: Status | null = found?.status ?? null;
  const planned = run.axes['maxEpochs'];
  return {
    run: run.name,
    trial,
    state: found?.state ?? 'planned',
    attempt: status?.attempt ?? 0,
    epoch: status?.epoch ?? 0,
    maxEpochs: status?.maxEpochs ?? (typeof planned === 'number' ? planned : null),
    metric,
    value: found ? lastValue(join(folder, found.path, 'log.jsonl'), metric) : null,
    secondsSinceHeartbeat:
      status && found ? secondsSince(join(folder, found.path, 'status.json'), now) : null,
    host: status?.host ?? null,
    pid: status?.pid ?? null,
    job: status?.schedulerJob ?? null,
    exitCode: status?.exitCode ?? null,
    error: status?.error ?? null,
    directory: found?.path ?? null,
    warnings: found?.warnings ?? [],
  };
}

function secondsSince(path: string, now: number): number | null {
  try {
    return Math.max(0, Math.round((now - statSync(path).mtimeMs) / 1000));
  } catch {
    return null;
  }
}
