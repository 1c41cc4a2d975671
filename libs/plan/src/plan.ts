import type {
  CommandLine,
  ConfigIssue,
  Halving,
  JsonValue,
  Launch,
  PlanFile,
  PythonFloats,
  Report,
  SourceLocation,
} from '@mixlab/contracts';
import type { Explanation } from './explanation.ts';
import { placed } from './node-value.ts';
import type { Origin } from './origin.ts';
import { Run } from './run.ts';
import type { PlanParts } from './run.ts';
import type { Selection } from './selection.ts';

/** The authored file that a plan was made from. */
export interface PlanSource {
  /** Relative to the workspace root, with forward slashes. */
  readonly file: string;
  readonly sha256: string;
  /** SHA-256 of the workspace's other files that it depends on, by path as `file`. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** One run of a plan. */
export interface PlannedRun<C> {
  /** Position in the plan, from 0. */
  readonly index: number;
  readonly name: string;
  /** SHA-256 of the identity, 64 hex digits. */
  readonly hash: string;
  /** Value of every axis by path; a method stands as its name. */
  readonly axes: Readonly<Record<string, JsonValue>>;
  /** Parameters of the method. */
  readonly method: Readonly<Record<string, JsonValue>>;
  /** Resolved, defaults filled in. The fields that runs have in common they share, frozen. */
  readonly config: C;
  /** Path of the config file, relative to the plan's folder; under another naming it may lead out of that. */
  readonly configPath: string;
  readonly trials: number;
  readonly report: Report;
  readonly selected: boolean;
  /** Where the value at a dotted path of the config comes from. */
  originOf(path: string): Origin;
  /** How each value of the config came about, in the config's order. */
  explain(): Explanation[];
  /** How each value came about that the experiment says of the run beside its config: trials, report, launch, halving. */
  explainExperiment(): Explanation[];
}

/**
 * All runs of an experiment. A run is made anew each time it is asked for, so that a plan takes little memory whatever
 * its size.
 */
export class Plan<C> {
  readonly #parts: PlanParts<C>;
  readonly #selection: Selection;
  readonly #leftOut: ReadonlySet<number>;
  #selectedSize: number | undefined;

  constructor(
    parts: PlanParts<C>,
    selection: Selection = {},
    leftOut: ReadonlySet<number> = new Set<number>(),
  ) {
    this.#parts = parts;
    this.#selection = selection;
    this.#leftOut = leftOut;
  }

  get experiment(): string {
    return this.#parts.head.name;
  }

  get engine(): string {
    return this.#parts.engine;
  }

  /** Whose run configs these are, and of which version of their format. */
  get runConfig(): PlanFile['runConfig'] {
    return this.#parts.runConfig;
  }

  /** Of an engine that a user defines. */
  get commandLine(): CommandLine<unknown> | undefined {
    return this.#parts.commandLine;
  }

  /** Whole numbers that Python prints as floats, where the schema tells. */
  get floats(): PythonFloats | undefined {
    return this.#parts.floats;
  }

  get source(): PlanSource {
    return this.#parts.source;
  }

  /** Where the experiment was written, for whoever has something to say of all of it. */
  get at(): { readonly at?: SourceLocation } {
    return placed(this.#parts.head.at);
  }

  /** What is odd about the experiment, although nothing is wrong: each may be no intent. */
  get notes(): readonly ConfigIssue[] {
    return this.#parts.notes;
  }

  get launch(): Launch {
    return this.#parts.head.launch;
  }

  /** Where only the best runs are trained to the end. */
  get halving(): Halving | undefined {
    return this.#parts.halving;
  }

  get trials(): number {
    return this.#parts.head.trials;
  }

  /** Number of runs, selected or not. */
  get size(): number {
    return this.#parts.table.size;
  }

  /** Number of points whose hash an earlier point has: they are the same run. */
  get merged(): number {
    return this.#parts.points - this.size;
  }

  get selectedSize(): number {
    if (Object.keys(this.#selection).length === 0) return this.size - this.#leftOut.size;
    if (this.#selectedSize === undefined) {
      this.#selectedSize = 0;
      for (const { selected } of this.runs()) if (selected) this.#selectedSize += 1;
    }
    return this.#selectedSize;
  }

  /** All runs in the order of the experiment, one by one. */
  *runs(): Generator<PlannedRun<C>, void, undefined> {
    for (let index = 0; index < this.size; index++) yield this.run(index);
  }

  /** @throws RangeError where there is no such run */
  run(index: number): PlannedRun<C> {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) throw new RangeError(`no run ${index}`);
    return new Run(index, this.#parts, this.#selection, this.#leftOut.has(index));
  }

  /** The same plan with other runs selected, possibly none; `selectPlans` also checks the selection. */
  select(selection: Selection): Plan<C> {
    return new Plan(this.#parts, selection, this.#leftOut);
  }

  /** The same plan for another engine, which cannot take the runs at these positions: those are not selected. */
  forEngine(engine: string, leftOut: ReadonlySet<number>): Plan<C> {
    return new Plan({ ...this.#parts, engine }, this.#selection, leftOut);
  }
}
