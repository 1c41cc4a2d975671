import type {
  CommandLine,
  ConfigIssue,
  Halving,
  JsonObject,
  JsonValue,
  PlanFile,
  PythonFloats,
  Report,
} from '@mixlab/contracts';
import type { Expansion } from './expansion.ts';
import { leavesOf } from './explanation.ts';
import type { Explanation } from './explanation.ts';
import type { Head } from './head.ts';
import { explainHead } from './head-explanation.ts';
import type { Origin } from './origin.ts';
import type { Patch } from './patch.ts';
import type { PlannedRun, PlanSource } from './plan.ts';
import type { RunNaming } from './run-naming.ts';
import type { RunTable } from './run-table.ts';
import { selects } from './selection.ts';
import type { Selection } from './selection.ts';

/** What `planExperiment` puts a plan together from. */
export interface PlanParts<C> {
  readonly engine: string;
  readonly runConfig: PlanFile['runConfig'];
  /** Of an engine that a user defines. */
  readonly commandLine: CommandLine<unknown> | undefined;
  readonly floats: PythonFloats | undefined;
  readonly head: Head;
  /** What was laid over each other for it, a `when` aside. */
  readonly headPatches: readonly Patch[];
  readonly halving: Halving | undefined;
  readonly source: PlanSource;
  readonly expansion: Expansion<C>;
  readonly table: RunTable;
  readonly naming: RunNaming;
  /** Path of each run's config file in the plan's folder, as far as it was asked for: its name comes from it. */
  readonly paths: string[];
  /** Where the config files lie instead, under another naming. */
  readonly otherPaths: readonly string[] | undefined;
  /** Points of the grid that no `exclude` takes away. */
  readonly points: number;
  /** What is odd about the experiment. */
  readonly notes: readonly ConfigIssue[];
}

/** A run that works out what it is asked for: the lines of a script need a name, and no config. */
export class Run<C> implements PlannedRun<C> {
  readonly index: number;
  readonly #parts: PlanParts<C>;
  readonly #selection: Selection;
  readonly #isLeftOut: boolean;
  #config: C | undefined;
  #axes: Readonly<Record<string, JsonValue>> | undefined;

  constructor(index: number, parts: PlanParts<C>, selection: Selection, isLeftOut: boolean) {
    this.index = index;
    this.#parts = parts;
    this.#selection = selection;
    this.#isLeftOut = isLeftOut;
  }

  get name(): string {
    const path = this.#path;
    return path.slice(path.lastIndexOf('/') + 1, -'.json'.length);
  }

  get hash(): string {
    return this.#parts.table.hash(this.index);
  }

  get axes(): Readonly<Record<string, JsonValue>> {
    if (!this.#axes) {
      const expansion = this.#view();
      this.#axes = this.#parts.naming.axes(expansion.values() as JsonObject, expansion.choices);
    }
    return this.#axes;
  }

  get method(): Readonly<Record<string, JsonValue>> {
    return this.#parts.naming.method(this.#view().values() as JsonObject);
  }

  get config(): C {
    return (this.#config ??= this.#view().config());
  }

  get configPath(): string {
    return this.#parts.otherPaths?.[this.index] ?? this.#path;
  }

  get trials(): number {
    return this.#parts.head.trials;
  }

  get report(): Report {
    return (this.#view().report ?? this.#parts.head.report).rule;
  }

  get selected(): boolean {
    return !this.#isLeftOut && selects(this.#selection, this);
  }

  originOf(path: string): Origin {
    return this.#view().originOf(path);
  }

  explain(): Explanation[] {
    const expansion = this.#view();
    return [...leavesOf(expansion.values() as JsonObject)].map(([path, value]) => {
      const under = expansion.defaultOf(path);
      return { path, value, settings: expansion.historyOf(path), ...(under ? { default: under } : {}) };
    });
  }

  explainExperiment(): Explanation[] {
    const { head, headPatches, halving } = this.#parts;
    const { trials, report } = this;
    const settings = head.halving?.settings;
    const own = {
      trials,
      report,
      launch: head.launch,
      ...(settings && halving && { halving: { ...settings, min: settings.min ?? halving.rungs[0]! } }),
    };
    return explainHead(own, [...headPatches, ...this.#view().reportPatches]);
  }

  toJSON(): Omit<PlannedRun<C>, 'originOf' | 'explain' | 'explainExperiment'> {
    const { index, name, hash, axes, method, config, configPath, trials, report, selected } = this;
    return { index, name, hash, axes, method, config, configPath, trials, report, selected };
  }

  get #path(): string {
    const { paths } = this.#parts;
    return (paths[this.index] ??= this.#makePath());
  }

  #view(): Expansion<C> {
    const { expansion, table } = this.#parts;
    expansion.view(table.point(this.index));
    return expansion;
  }

  #makePath(): string {
    const { naming, table } = this.#parts;
    const values = this.#view().values() as JsonObject;
    const name = naming.name(values, this.axes, this.hash, table.digits(this.index));
    return naming.configPath(values, name);
  }
}
