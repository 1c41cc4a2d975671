import { join } from 'node:path';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { placeOf } from '@mixlab/launcher/named-trials';
import type { QueuedTrials, ShownTrial } from '@mixlab/launcher/queued-trials';
import { StatusReader } from '@mixlab/results';
import type { RunDirectories, RunStatus } from '@mixlab/results';
import type { Changes, ExperimentView, TrialView } from './view.ts';

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

  constructor(plan: PlanFile, workDir: string, queue: QueuedTrials) {
    this.plan = plan;
    this.folder = join(workDir, plan.experiment);
    this.#reader = new StatusReader(plan, this.folder);
    this.#queue = queue;
    this.#runs = new Map(plan.runs.map((run) => [run.name, run]));
  }

  /**
   * Looks at all run directories, or at those `only`, by name. Returns the trials that have changed, and with `only` all
   * that it looked at: a log may have grown.
   */
  look(only?: ReadonlySet<string>): Changes {
    const [statuses, shown] = [this.#statuses, this.#shown];
    this.#statuses = this.#reader.look(Date.now(), only);
    this.#shown = this.#queue.mark(this.plan, this.#statuses);
    const trials = this.#shown.flatMap((trial, index): [number, TrialView][] => {
      if (this.#statuses[index] === statuses[index]) return [];
      const view = viewOf(trial);
      const before = only === undefined ? shown[index] : undefined;
      return before && JSON.stringify(viewOf(before)) === JSON.stringify(view) ? [] : [[index, view]];
    });
    return { experiment: this.plan.experiment, trials };
  }

  get trials(): readonly ShownTrial[] {
    return this.#shown;
  }

  get directories(): RunDirectories {
    return this.#reader.directories;
  }

  run(name: string): PlanRun | undefined {
    return this.#runs.get(name);
  }

  view(): ExperimentView {
    return { experiment: this.plan.experiment, trials: this.#shown.map(viewOf) };
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
