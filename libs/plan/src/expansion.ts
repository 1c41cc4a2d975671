import { ConfigError } from '@mixlab/contracts';
import type {
  ConfigIssue,
  FieldwiseCheck,
  JsonObject,
  JsonValue,
  Report,
  SweepSchema,
} from '@mixlab/contracts';
import { matches } from './condition.ts';
import { cacheLimit } from './dimension.ts';
import type { Choice, Dimension } from './dimension.ts';
import { Field, originIn } from './field-state.ts';
import type { FieldState, ResolvedField } from './field-state.ts';
import { Grid } from './grid.ts';
import { IdentityHash } from './identity-hash.ts';
import type { Origin } from './origin.ts';
import type { Patch } from './patch.ts';
import type { Sources } from './sources.ts';
import type { ExcludeStep, WhenStep } from './steps.ts';

/** One point of the grid: what is laid over what, before it is checked. */
export interface Point {
  readonly choices: readonly Choice[];
  /** For each field. */
  readonly states: readonly FieldState[];
  /** Of the last `when` that matches and has one. */
  readonly report: Report | undefined;
}

/** A point that passed all checks. */
export interface Resolved<C> {
  readonly config: C;
  /** SHA-256 of the identity, 64 hex digits. */
  readonly hash: string;
}

/** What happened to an experiment's steps and settings over all points. */
export interface Usage {
  /** Points that a step matched; for `when` only those that no `exclude` takes away. */
  readonly matched: Map<WhenStep | ExcludeStep, number>;
  readonly applied: Set<Patch>;
}

/** An experiment's grid, whose points can be had one by one, any number of times. */
export class Expansion<C> {
  readonly grid: Grid;
  readonly #schema: SweepSchema<C>;
  readonly #fields: readonly Field[];
  /** Of each field, what all points have in common. */
  readonly #base: readonly FieldState[];
  readonly #fieldIndex: ReadonlyMap<string, number>;
  /** Fields in the order of canonical JSON. */
  readonly #canonicalOrder: readonly number[];
  /** Dimensions that have to be laid over anew for each point. */
  readonly #open: readonly number[];
  readonly #excludes: readonly ExcludeStep[];
  readonly #whens: readonly WhenStep[];
  readonly #settings: readonly Patch[];
  readonly #identityHash = new IdentityHash();

  constructor(
    schema: SweepSchema<C>,
    sources: Sources,
    steps: readonly (WhenStep | ExcludeStep)[],
    settings: readonly Patch[],
  ) {
    this.#schema = schema;
    this.grid = new Grid(sources);
    this.#whens = steps.filter((step) => step.kind === 'when');
    this.#excludes = steps.filter((step) => step.kind === 'exclude');
    this.#settings = settings;
    const { dimensions } = sources;
    const firsts = dimensions.flatMap((dimension) => (dimension.size > 0 ? dimension.choice(0).patches : []));
    const patches = [...firsts, ...this.#whens.flatMap((when) => when.patches), ...settings];
    const names = new Set([
      ...Object.keys(schema.jsonSchema.properties ?? {}),
      ...patches.map((patch) => patch.field),
    ]);
    this.#fields = [...names].map(
      (name) => new Field(name, schema.jsonSchema, cacheLimit(combinations(name, sources))),
    );
    this.#fieldIndex = new Map([...names].map((name, index) => [name, index]));
    const order = [...this.#fields.keys()];
    this.#canonicalOrder = order.sort((a, b) => (this.#name(a) < this.#name(b) ? -1 : 1));
    this.#open = this.#settle(dimensions, sources.recipes.length > 1);
    this.#base = this.#fields.map((field) => field.base);
  }

  /** The fields of a point; undefined where an `exclude` takes it away. */
  point(number: number, usage?: Usage): Point | undefined {
    const choices = this.grid.choices(number);
    if (this.#isExcluded(choices, usage)) return undefined;
    const states = this.#base.slice();
    for (const at of this.#open) {
      for (const patch of (choices[at] as Choice).patches) this.#apply(states, patch);
    }
    let report: Report | undefined;
    for (const when of this.#whens) {
      if (!matches(when, choices)) continue;
      count(usage, when);
      report = when.report ?? report;
      for (const patch of when.patches) this.#apply(states, patch);
    }
    for (const patch of this.#settings) {
      if (this.#apply(states, patch)) usage?.applied.add(patch);
    }
    return { choices, states, report };
  }

  /** The run config of a point, checked. */
  resolve(point: Point): Resolved<C> | { readonly issues: readonly ConfigIssue[] } {
    const { fieldwise } = this.#schema;
    if (!fieldwise) return this.#resolveWhole(point);
    const fields = this.#resolveFields(point, fieldwise);
    if (fields.some(hasIssues)) return { issues: fields.flatMap((field) => field.issues) };
    const config = this.#assemble(fields);
    const broken = fieldwise.rules(config);
    return broken.length > 0
      ? { issues: broken }
      : { config, hash: this.#hash((at) => (fields[at] as ResolvedField).identity) };
  }

  /** The run config of a point that passed its checks before. */
  config(point: Point): C {
    const { fieldwise } = this.#schema;
    if (fieldwise) return Object.freeze(this.#assemble(this.#resolveFields(point, fieldwise)));
    const resolved = this.#resolveWhole(point);
    if ('issues' in resolved) throw new ConfigError(resolved.issues);
    return resolved.config;
  }

  /** Where the value at a dotted path comes from. */
  originOf(point: Point, path: string): Origin {
    const [field = '', ...rest] = path.split('.');
    const state = point.states[this.#fieldIndex.get(field) ?? -1];
    return state ? originIn(state, rest) : { kind: 'default' };
  }

  #resolveFields(point: Point, fieldwise: FieldwiseCheck<C>): ResolvedField[] {
    const fields: ResolvedField[] = [];
    for (let at = 0; at < this.#fields.length; at++) {
      fields.push((this.#fields[at] as Field).resolve(point.states[at] as FieldState, fieldwise));
    }
    return fields;
  }

  #assemble(fields: readonly ResolvedField[]): C {
    const config: Record<string, JsonValue> = {};
    for (let at = 0; at < fields.length; at++) {
      const { value } = fields[at] as ResolvedField;
      if (value !== undefined) config[this.#name(at)] = value;
    }
    return config as C;
  }

  #resolveWhole(point: Point): Resolved<C> | { readonly issues: readonly ConfigIssue[] } {
    const entries = this.#fields.map((field, at) => [field.name, point.states[at]?.raw] as const);
    const raw = Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonObject;
    const checked = this.#schema.validate(raw);
    if ('issues' in checked) return checked;
    const config = checked.value as C & JsonObject;
    const hash = this.#hash((at) => (this.#fields[at] as Field).identity(config[this.#name(at)]));
    return { config, hash };
  }

  #hash(identityOf: (field: number) => Uint8Array): string {
    this.#identityHash.start();
    for (const at of this.#canonicalOrder) this.#identityHash.add(identityOf(at));
    return this.#identityHash.finish();
  }

  /** Lays over once what all points have in common; returns the dimensions that are left. */
  #settle(dimensions: readonly Dimension[], recipeVaries: boolean): number[] {
    const open: number[] = [];
    dimensions.forEach((dimension, at) => {
      // A recipe lies under everything else: nothing is common where it varies.
      if (dimension.size !== 1 || recipeVaries) open.push(at);
      else for (const patch of dimension.choice(0).patches) this.#fieldOf(patch).settle(patch);
    });
    return open;
  }

  #isExcluded(choices: readonly Choice[], usage: Usage | undefined): boolean {
    let excluded = false;
    for (const step of this.#excludes) {
      if (!matches(step, choices)) continue;
      if (!usage) return true;
      count(usage, step);
      excluded = true;
    }
    return excluded;
  }

  /** Returns whether the patch had an effect. */
  #apply(states: FieldState[], patch: Patch): boolean {
    const at = this.#fieldIndex.get(patch.field) as number;
    const before = states[at] as FieldState;
    const after = (this.#fields[at] as Field).apply(before, patch);
    states[at] = after;
    return after !== before;
  }

  #fieldOf(patch: Patch): Field {
    return this.#fields[this.#fieldIndex.get(patch.field) as number] as Field;
  }

  #name(field: number): string {
    return (this.#fields[field] as Field).name;
  }
}

function hasIssues(field: ResolvedField): boolean {
  return field.issues.length > 0;
}

function count(usage: Usage | undefined, step: WhenStep | ExcludeStep): void {
  usage?.matched.set(step, (usage.matched.get(step) ?? 0) + 1);
}

/** How many values the dimensions give one field. */
function combinations(field: string, { dimensions }: Sources): number {
  return dimensions
    .filter(({ size, choice }) => size > 1 && choice(0).patches.some((patch) => patch.field === field))
    .reduce((product, { size }) => product * size, 1);
}
