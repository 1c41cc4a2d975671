import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import type { QueuedTask } from '@mixlab/launch';
import type { RunStatus, TrialState } from '@mixlab/results';
import { trialStates } from '@mixlab/results';

/** What a trial may be shown as: its run directory's state, or that a task of Slurm is there to train it. */
export const shownStates = [...trialStates, 'queued'] as const;

/** A trial as its run directory and, where it waits there, Slurm's queue tell. */
export interface ShownTrial extends Omit<RunStatus, 'state'> {
  readonly state: TrialState | 'queued';
  /** The task that is to train it. */
  readonly queued?: Pick<QueuedTask, 'job' | 'state' | 'reason'>;
}

/** While somebody watches, Slurm is asked no more often. */
const LEAST_MILLISECONDS_BETWEEN_QUESTIONS = 15_000;

const WAITING: readonly TrialState[] = ['planned', 'stale', 'interrupted', 'failed', 'paused'];

/** Knows which trials wait in Slurm's queue. Where nothing was submitted from, no process is started. */
export class QueuedTrials {
  readonly #folders: ReadonlyMap<string, string>;
  readonly #io: Pick<CommandIo, 'env'>;
  #tasks: ReadonlyMap<string, QueuedTask> = new Map();
  #askedAt = -Infinity;

  #problem: string | undefined;
  #mayWait = false;

  constructor(experiments: readonly string[], workDir: string, io: Pick<CommandIo, 'env'>) {
    this.#folders = new Map(experiments.map((experiment) => [experiment, join(workDir, experiment)]));
    this.#io = io;
  }

  async look(): Promise<void> {
    if (Date.now() - this.#askedAt < LEAST_MILLISECONDS_BETWEEN_QUESTIONS) return;
    if (![...this.#folders.values()].some((folder) => existsSync(join(folder, '.slurm')))) return;
    // Loading it takes longer than most looks.
    const { askSlurm } = await import('./ask-slurm.ts');
    const { tasks, problem } = await askSlurm(this.#folders, this.#io);
    this.#tasks = new Map(tasks.map((task) => [keyOf(task), task]));
    this.#problem = problem;
    this.#askedAt = Date.now();
  }

  /** Why nobody knows what is queued; undefined where no trial that was marked could be. */
  get problem(): string | undefined {
    return this.#mayWait && this.#problem
      ? `nobody knows what waits in Slurm's queue: ${this.#problem}`
      : undefined;
  }

  /** The trials of a plan, those that wait in the queue as `queued`. */
  mark(plan: PlanFile, trials: readonly RunStatus[]): readonly ShownTrial[] {
    this.#mayWait ||= this.#problem !== undefined && trials.some(({ state }) => WAITING.includes(state));
    if (this.#tasks.size === 0) return trials;
    const hashes = new Map(plan.runs.map(({ name, hash }) => [name, hash]));
    return trials.map((status) => {
      const task = this.#tasks.get(keyOf({ hash: hashes.get(status.run) ?? '', trial: status.trial }));
      if (task === undefined || !WAITING.includes(status.state)) return status;
      const { job, state, reason } = task;
      return { ...status, state: 'queued', queued: { job, state, reason } };
    });
  }
}

function keyOf({ hash, trial }: Pick<QueuedTask, 'hash' | 'trial'>): string {
  return `${hash} ${trial}`;
}
