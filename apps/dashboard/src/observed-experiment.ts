import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { placeOf } from '@mixlab/launcher/named-trials';
import type { QueuedTrials, ShownTrial } from '@mixlab/launcher/queued-trials';
import { rungText, shownRungs } from '@mixlab/launcher/shown-rungs';
import { layOut, StatusReader } from '@mixlab/results';
import type { Layout, RunDirectories, RunStatus } from '@mixlab/results';
import type { Changes, ExperimentView, RungsView, TrialView } from './view.ts';

const RUNS_AT_A_TIME = 1000;

/** A plan with what its run directories said at the last look. */
export class ObservedExperiment {
  readonly plan: PlanFile;
  /** `work_dirs/<experiment>`, absolute. */
  readonly folder: string;
  readonly #reader: StatusReader;
  readonly #queue: QueuedTrials;
  readonly #runs: ReadonlyMap<string, PlanRun>;
  #statuses: readonly RunStatus[] = [];
  #shown: readonly ShownTrial[] = [];
  #byRun: Map<string, ShownTrial[]> | undefined;
  #rungs: RungsView | null = null;
  #constants: Layout['constants'] | undefined;
  /** Why its run directories cannot be read, at the last look. */
  problem: string | undefined;

  constructor(plan: PlanFile, workDir: string, queue: QueuedTrials) {
    this.plan = plan;
    this.folder = join(workDir, plan.experiment);
    this.#reader = new StatusReader(plan, this.folder);
    this.#queue = queue;
    this.#runs = new Map(plan.runs.map((run) => [run.name, run]));
  }

  /** The first look, in slices: a page is waiting. */
  async begin(): Promise<void> {
    const names = namesIn(this.folder);
    for (let from = 0; from < names.length; from += RUNS_AT_A_TIME) {
      this.look(new Set(names.slice(from, from + RUNS_AT_A_TIME)));
      await breathe();
    }
    if (names.length === 0) this.look();
  }

  /**
   * Looks at all run directories, or at those `only`, by name. Returns the trials that have changed, and with `only` all
   * that it looked at: a log may have grown.
   */
  look(only?: ReadonlySet<string>): Changes {
    const [statuses, shown] = [this.#statuses, this.#shown];
    try {
      this.#statuses = this.#reader.look(Date.now(), only);
      this.problem = undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.problem = `${this.folder} cannot be read (${code ?? message})`;
    }
    this.#byRun = undefined;
    this.#shown = this.#queue.mark(this.plan, this.#statuses);
    const rungs = rungsOf(this.plan, this.folder);
    const isDecided = rungs?.text !== this.#rungs?.text;
    this.#rungs = rungs;
    const trials = this.#shown.flatMap((trial, index): [number, TrialView][] => {
      if (this.#statuses[index] === statuses[index]) return [];
      const view = viewOf(trial);
      const before = only === undefined ? shown[index] : undefined;
      return before && JSON.stringify(viewOf(before)) === JSON.stringify(view) ? [] : [[index, view]];
    });
    return { experiment: this.plan.experiment, trials, ...(isDecided && { rungs }) };
  }

  get trials(): readonly ShownTrial[] {
    return this.#shown;
  }

  trialsOf(run: string): readonly ShownTrial[] {
    if (!this.#byRun) {
      this.#byRun = new Map();
      for (const trial of this.#shown) {
        const others = this.#byRun.get(trial.run);
        if (others) others.push(trial);
        else this.#byRun.set(trial.run, [trial]);
      }
    }
    return this.#byRun.get(run) ?? [];
  }

  /** Axes that every run has the same value of. */
  get constants(): Layout['constants'] {
    return (this.#constants ??= layOut(this.plan.runs).constants);
  }

  get directories(): RunDirectories {
    return this.#reader.directories;
  }

  run(name: string): PlanRun | undefined {
    return this.#runs.get(name);
  }

  view(): ExperimentView {
    return { experiment: this.plan.experiment, trials: this.#shown.map(viewOf), rungs: this.#rungs };
  }

  /** The epoch after which a halving left a run out; null where none has. */
  leftOutAfter(run: string): number | null {
    return this.#rungs?.leftOut[run] ?? null;
  }

  /** Names of the run directories of trials that train. */
  runningDirectories(): Set<string> {
    const running = this.#shown.filter(({ state }) => state === 'running');
    return new Set(running.flatMap(({ directory }) => directory?.split('/', 1) ?? []));
  }
}

export function viewOf(shown: ShownTrial): TrialView {
  const { warnings: _warnings, secondsSinceHeartbeat: _seconds, host, pid, ...trial } = shown;
  return { ...trial, place: trial.state === 'planned' ? '' : placeOf({ host, pid, job: trial.job }) };
}

function rungsOf(plan: PlanFile, folder: string): RungsView | null {
  const rungs = shownRungs(plan, folder);
  return rungs ? { text: rungText(rungs), leftOut: rungs.leftOut } : null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The look tells why.
    return [];
  }
}
