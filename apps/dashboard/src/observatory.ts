import { basename, dirname, join } from 'node:path';
import type { CommandIo } from '@mixlab/contracts';
import { QueuedTrials } from '@mixlab/launcher/queued-trials';
import { planFolders, readPlans } from '@mixlab/results';
import type { PlanSelection, ReadPlans } from '@mixlab/results';
import { FolderWatcher } from './folder-watcher.ts';
import { realFolders } from './inside.ts';
import { ObservedExperiment } from './observed-experiment.ts';
import { RunWatcher } from './run-watcher.ts';
import type { Changes, Overview } from './view.ts';

/** What somebody who watches is told: trials that were looked at again, or that the plans are others now. */
export type News =
  { readonly kind: 'changes'; readonly changes: readonly Changes[] } | { readonly kind: 'plans' };

/** Changes of files come in bursts. */
const MILLISECONDS_OF_A_BURST = 150;
/** The end of a process changes no file; and a network folder may not tell what changes. */
const MILLISECONDS_BETWEEN_LOOKS_AT_RUNNING = 5000;
/** Where the system has no watch left. */
const SECONDS_WITHOUT_WATCHES = 30;

/** The plans of a workspace and their run directories, looked at when they change. */
export class Observatory {
  readonly #given: PlanSelection & { readonly poll?: number | undefined };
  readonly #io: CommandIo;
  readonly #watcher = new FolderWatcher();
  readonly #listeners = new Set<(news: News) => void>();
  readonly #changed = new Map<string, Set<string>>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #watchedFolders = new Set<string>();
  #queue: QueuedTrials;
  #experiments = new Map<string, ObservedExperiment>();
  #watchProblem: string | undefined;
  #burst: NodeJS.Timeout | undefined;
  #planBurst: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #read: ReadPlans | undefined;
  #firstLook: Promise<void> | undefined;
  #isClosed = false;

  constructor(given: PlanSelection & { readonly poll?: number | undefined }, io: CommandIo) {
    this.#given = given;
    this.#io = io;
    this.#queue = new QueuedTrials([], '', io);
  }

  /** Reads the plans; returns what is wrong with them, and the exit code that follows from it. */
  open(): { readonly problems: readonly string[]; readonly exitCode: number } {
    this.#read = readPlans(this.#given, this.#io);
    return this.#read;
  }

  /** Looks at all run directories, once: until it is over there is nothing to show. */
  look(): Promise<void> {
    return (this.#firstLook ??= this.#take(this.#read ?? readPlans(this.#given, this.#io)));
  }

  /** Looks again at what changes, until it is closed. */
  async watch(): Promise<void> {
    const { poll } = this.#given;
    await this.look();
    if (this.#isClosed) return;
    this.#repeat(MILLISECONDS_BETWEEN_LOOKS_AT_RUNNING, () => this.#lookAtRunning());
    if (poll !== undefined) this.#repeat(poll * 1000, () => this.#lookAtAll());
    await Promise.all([...this.#experiments.values()].map((each) => this.#watchRuns(each)));
    if (this.#isClosed) return;
    this.#watchPlans();
    // What came between the first look and the watches was seen by nobody.
    this.#lookAtEach();
    if (this.#watcher.problem === undefined || poll !== undefined) return;
    this.#watchProblem = `${this.#watcher.problem}; run directories are looked at every ${SECONDS_WITHOUT_WATCHES} s`;
    this.#repeat(SECONDS_WITHOUT_WATCHES * 1000, () => this.#lookAtAll());
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher.close();
    this.#timers.forEach((timer) => clearInterval(timer));
    clearTimeout(this.#burst);
    clearTimeout(this.#planBurst);
    this.#listeners.clear();
  }

  /** Calls `listener` with what is new until the returned function is called. */
  listen(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  experiment(name: string): ObservedExperiment | undefined {
    return this.#experiments.get(name);
  }

  get experiments(): readonly ObservedExperiment[] {
    return [...this.#experiments.values()];
  }

  /** Those whose run directories can be read. */
  get readable(): readonly ObservedExperiment[] {
    return this.experiments.filter(({ problem }) => problem === undefined);
  }

  /** Folders that hold what may be shown, links followed. */
  get realFolders(): string[] {
    const { out, workDir } = planFolders(this.#given, this.#io);
    return realFolders([out, workDir, ...this.experiments.map(({ folder }) => folder)]);
  }

  /** Absolute: of plans and configs. */
  get out(): string {
    return planFolders(this.#given, this.#io).out;
  }

  get home(): string {
    return this.#io.home;
  }

  /** What is wrong with plans, queue and run directories. */
  get problems(): string[] {
    const queue = this.#queue.problem;
    const ofRuns = this.experiments.flatMap(({ problem }) => problem ?? []);
    return [...(this.#read?.problems ?? []), ...(queue === undefined ? [] : [queue]), ...ofRuns];
  }

  overview(): Overview {
    return {
      workspace: basename(this.#io.home),
      at: this.#lookedAt,
      experiments: this.experiments.map((each) => each.view()),
      problems: [...this.problems, ...(this.#watchProblem === undefined ? [] : [this.#watchProblem])],
    };
  }

  async #take(read: ReadPlans): Promise<void> {
    const { plans, workDir } = read;
    const queue = new QueuedTrials(
      plans.map(({ experiment }) => experiment),
      workDir,
      this.#io,
    );
    await queue.look();
    const observed = plans.map((plan) => new ObservedExperiment(plan, workDir, queue));
    for (const each of observed) await each.begin();
    this.#read = read;
    this.#queue = queue;
    this.#experiments = new Map(observed.map((each) => [each.plan.experiment, each]));
    this.#lookedAt = Date.now();
  }

  async #watchRuns({ plan: { experiment }, folder }: ObservedExperiment): Promise<void> {
    if (this.#watchedFolders.has(folder)) return;
    this.#watchedFolders.add(folder);
    await new RunWatcher(folder, this.#watcher, (run) => this.#lookSoon(experiment, run)).start();
  }

  /** A generation renames `plan.json` into place; a new experiment makes a folder above that. */
  #watchPlans(): void {
    const plans = this.experiments.map(({ plan }) => join(this.out, plan.experiment));
    const folders = new Set([this.out, ...plans]);
    for (const folder of plans)
      for (let above = dirname(folder); above.length > this.out.length; above = dirname(above))
        folders.add(above);
    for (const folder of folders) this.#watcher.add(folder, this.#inPlans);
  }

  readonly #inPlans = (name: string | null): void => {
    if (name?.startsWith('.')) return;
    clearTimeout(this.#planBurst);
    this.#planBurst = setTimeout(() => void this.#lookAtPlans(), 4 * MILLISECONDS_OF_A_BURST);
  };

  async #lookAtPlans(): Promise<void> {
    const read = readPlans(this.#given, this.#io);
    if (JSON.stringify(read) === JSON.stringify(this.#read)) return;
    await this.#take(read);
    if (this.#isClosed) return;
    this.#tell({ kind: 'plans' });
    await Promise.all(this.experiments.map((each) => this.#watchRuns(each)));
    if (this.#isClosed) return;
    this.#watchPlans();
    // What came between was seen by nobody.
    this.#lookAtEach();
  }

  #lookSoon(experiment: string, run: string): void {
    const runs = this.#changed.get(experiment) ?? new Set();
    this.#changed.set(experiment, runs.add(run));
    this.#burst ??= setTimeout(() => this.#lookAtChanged(), MILLISECONDS_OF_A_BURST);
  }

  #lookAtChanged(): void {
    this.#burst = undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    this.#look(() => changed.flatMap(([name, runs]) => this.#experiments.get(name)?.look(runs) ?? []));
  }

  async #lookAtRunning(): Promise<void> {
    if (this.#listeners.size === 0) return;
    for (const experiment of this.experiments)
      for (const run of experiment.runningDirectories()) this.#lookSoon(experiment.plan.experiment, run);
  }

  async #lookAtAll(): Promise<void> {
    if (this.#listeners.size === 0) return;
    await this.#queue.look();
    this.#lookAtEach();
  }

  #lookAtEach(): void {
    this.#look(() => this.experiments.map((each) => each.look()));
  }

  #look(look: () => readonly Changes[]): void {
    const before = this.problems.join('\n');
    const changes = look();
    this.#lookedAt = Date.now();
    if (this.problems.join('\n') !== before) this.#tell({ kind: 'plans' });
    const found = changes.filter(({ trials, rungs }) => trials.length > 0 || rungs !== undefined);
    if (found.length > 0) this.#tell({ kind: 'changes', changes: found });
  }

  #tell(news: News): void {
    this.#listeners.forEach((listener) => listener(news));
  }

  #repeat(milliseconds: number, look: () => Promise<void>): void {
    let isLooking = false;
    const again = async () => {
      if (isLooking) return;
      isLooking = true;
      await look().finally(() => (isLooking = false));
    };
    this.#timers.push(setInterval(() => void again(), milliseconds));
  }
}
