import type { PlanFile, PlanRun, Status } from '@mixlab/contracts';
import { LastValues } from '../log/last-value.ts';
import { RunDirectories } from './directories.ts';
import type { TrialDirectory } from './directories.ts';
import type { TrialState } from './state.ts';

/** One trial of a plan as it stands. */
export interface RunStatus {
  readonly run: string;
  readonly trial: number;
  readonly state: TrialState;
  /** Somebody asked for it to end; a running one does at its next step, and nobody looks where it is completed. */
  readonly cancelAsked: boolean;
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
  return new StatusReader(plan, folder).look(now);
}

/** Looks at the run directories of a plan time and again, each time at what has changed. */
export class StatusReader {
  readonly #plan: PlanFile;
  readonly #folder: string;
  readonly #values = new LastValues();
  #directories: RunDirectories | undefined;
  /** By run, in the plan's order. */
  #last: readonly (readonly RunStatus[])[] = [];

  /** `folder` is `work_dirs/<experiment>`. */
  constructor(plan: PlanFile, folder: string) {
    this.#plan = plan;
    this.#folder = folder;
  }

  /** Those of the last look. */
  get directories(): RunDirectories {
    return (this.#directories ??= new RunDirectories(this.#folder, this.#plan.runs));
  }

  /** See `readStatus`. With `only`, names of run directories, what others hold is as it was at the last look. */
  look(now: number = Date.now(), only?: ReadonlySet<string>): RunStatus[] {
    const looked = this.#directories?.lookAgain(only);
    this.#directories ??= new RunDirectories(this.#folder, this.#plan.runs, only);
    const isLeft = ({ hash }: PlanRun) => only !== undefined && looked?.has(hash.slice(0, 8)) === false;
    this.#last = this.#plan.runs.map((run, index) => {
      const before = this.#last[index];
      return before && isLeft(run) ? before : this.#statusesOf(run, now);
    });
    return this.#last.flat();
  }

  #statusesOf(run: PlanRun, now: number): RunStatus[] {
    const { trials, warnings } = this.directories.find(run, now);
    return Array.from({ length: run.trials }, (_, index) => {
      const found = this.#statusOf(run, index + 1, trials.get(index + 1), now);
      // What is wrong with a run as a whole is said once.
      return index === 0 && warnings.length > 0
        ? { ...found, warnings: [...warnings, ...found.warnings] }
        : found;
    });
  }

  #statusOf(run: PlanRun, trial: number, found: TrialDirectory | undefined, now: number): RunStatus {
    const { metric } = run.report;
    const status: Status | null = found?.status ?? null;
    const planned = run.axes['maxEpochs'];
    const writtenAt = found?.writtenAt ?? null;
    return {
      run: run.name,
      trial,
      state: found?.state ?? 'planned',
      cancelAsked: found?.cancelAsked ?? false,
      attempt: status?.attempt ?? 0,
      epoch: status?.epoch ?? 0,
      maxEpochs: status?.maxEpochs ?? (typeof planned === 'number' ? planned : null),
      metric,
      value: found ? this.#values.read(`${this.#folder}/${found.path}`, metric) : null,
      secondsSinceHeartbeat: writtenAt === null ? null : Math.max(0, Math.round((now - writtenAt) / 1000)),
      host: status?.host ?? null,
      pid: status?.pid ?? null,
      job: status?.schedulerJob ?? null,
      exitCode: status?.exitCode ?? null,
      error: status?.error ?? null,
      directory: found?.path ?? null,
      warnings: found?.warnings ?? [],
    };
  }
}
