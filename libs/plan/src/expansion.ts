import type { ConfigIssue, JsonSchema, JsonValue, SweepSchema } from '@mixlab/contracts';
import { assemblyOf } from './assembly.ts';
import type { Assembly } from './assembly.ts';
import { matches } from './condition.ts';
import type { Choice } from './dimension.ts';
import { historyIn, originIn } from './field-state.ts';
import type { Field, FieldState, Layer } from './field-state.ts';
import { fieldsOf, matchesOf, tracksOf } from './layers.ts';
import type { Match, Track } from './layers.ts';
import { defaultOf } from './default-of.ts';
import type { AuthoredReport } from './head.ts';
import type { DefaultOf, Origin, Setting } from './origin.ts';
import type { Patch } from './patch.ts';
import type { Sources } from './sources.ts';
import type { ExcludeStep, WhenStep } from './steps.ts';

/**
 * An experiment's grid, of which one point at a time is in view, any of them any number of times. From one point to the
 * next, only what is another is worked out anew: few fields are, for the point beside it.
 */
export class Expansion<C> {
  /** How many points there are. */
  readonly size: number;
  readonly #tracks: readonly Track[];
  readonly #matches: readonly Match[];
  readonly #excludes: readonly ExcludeStep[];
  readonly #fields: readonly Field[];
  /** The fields that a layer is laid over, by number. */
  readonly #under = new Map<Layer, readonly number[]>();
  readonly #assembly: Assembly<C>;
  readonly #root: JsonSchema;
  readonly #used = new Set<WhenStep | ExcludeStep | Patch>();

  // Of the point in view.
  #point = -1;
  #isRun = false;
  #report: AuthoredReport | undefined;
  readonly #choices: Choice[] = [];
  readonly #states: FieldState[] = [];
  #areStepsStale = true;
  readonly #stale: number[];

  constructor(
    schema: SweepSchema<C>,
    sources: Sources,
    steps: readonly (WhenStep | ExcludeStep)[],
    settings: readonly Patch[],
  ) {
    this.size = sources.dimensions.reduce((points, { size }) => points * size, 1);
    this.#tracks = tracksOf(sources, steps);
    this.#matches = matchesOf(steps);
    this.#excludes = steps.filter((step) => step.kind === 'exclude');
    this.#fields = fieldsOf(schema.jsonSchema, this.#tracks, this.#matches, settings);
    for (const layer of [...this.#tracks, ...this.#matches]) {
      const under = [...this.#fields.entries()].filter(([, field]) => field.layers.includes(layer));
      this.#under.set(
        layer,
        under.map(([at]) => at),
      );
    }
    this.#tracks.forEach(({ isSettled, dimension }, at) => {
      if (isSettled) this.#choices[at] = dimension.choice(0);
    });
    this.#assembly = assemblyOf(schema, this.#fields);
    this.#root = schema.jsonSchema;
    this.#stale = [...this.#fields.keys()];
  }

  /** Brings a point into view; returns whether it is a run, one that no `exclude` takes away. */
  view(point: number): boolean {
    if (point !== this.#point) this.#go(point);
    return this.#isRun;
  }

  /** What was chosen of each dimension. */
  get choices(): readonly Choice[] {
    return this.#choices;
  }

  /** Of the last `when` that matches and has one. */
  get report(): AuthoredReport | undefined {
    return this.#report;
  }

  /** What each `when` that matches sets of it, in the order of the file. */
  get reportPatches(): Patch[] {
    return this.#matches.flatMap(({ index, when }) => (index === 1 && when.reportPatch) || []);
  }

  /** What is wrong with the config. */
  issues(): readonly ConfigIssue[] {
    return this.#assembly.issues();
  }

  /** The fields of it with which nothing is wrong. */
  sound(): Partial<C> {
    return this.#assembly.sound();
  }

  /** What identifies a config with which nothing is wrong. */
  hash(): string {
    return this.#assembly.hash();
  }

  /** That config, good until another point comes into view. */
  values(): C {
    return this.#assembly.values();
  }

  /** That config for good. */
  config(): C {
    return this.#assembly.config();
  }

  /** Where the value at a dotted path comes from. */
  originOf(path: string): Origin {
    const [state, rest] = this.#stateOf(path);
    return state ? originIn(state, rest) : { kind: 'default' };
  }

  /** All that was laid over each other at a dotted path, the newest first; see `defaultOf` for what lies under it. */
  historyOf(path: string): Setting[] {
    const [state, rest] = this.#stateOf(path);
    return state ? [...historyIn(state, rest)] : [];
  }

  /** The default of the field at a dotted path, of a config with which nothing is wrong. */
  defaultOf(path: string): DefaultOf | undefined {
    return defaultOf(path.split('.'), this.#root, this.values() as JsonValue);
  }

  #stateOf(path: string): readonly [state: FieldState | undefined, rest: readonly string[]] {
    const [name, ...rest] = path.split('.');
    return [this.#states[this.#fields.findIndex((field) => field.name === name)], rest];
  }

  /** The steps that matched a point that came into view, and the settings that had an effect on one. */
  get used(): ReadonlySet<WhenStep | ExcludeStep | Patch> {
    return this.#used;
  }

  #go(point: number): void {
    this.#point = point;
    for (let at = 0; at < this.#tracks.length; at++) {
      const track = this.#tracks[at] as Track;
      const index = Math.floor(point / track.stride) % track.size;
      if (index === track.index) continue;
      const choice = track.dimension.choice(index);
      this.#choices[at] = choice;
      this.#areStepsStale = this.#areStepsStale || track.isWatched;
      this.#change(track, index, choice.patches);
    }
    if (this.#areStepsStale) this.#match();
    if (!this.#isRun) return;
    for (let at = 0; at < this.#stale.length; at++) {
      const field = this.#stale[at] as number;
      const state = (this.#fields[field] as Field).state(this.#used);
      this.#states[field] = state;
      this.#assembly.set(field, state);
    }
    this.#stale.length = 0;
  }

  #change(layer: Layer, index: number, patches: readonly Patch[]): void {
    layer.index = index;
    layer.patches = patches;
    const under = this.#under.get(layer) as readonly number[];
    for (let at = 0; at < under.length; at++) {
      const field = this.#fields[under[at] as number] as Field;
      if (!field.isStale) this.#stale.push(under[at] as number);
      field.isStale = true;
    }
  }

  #match(): void {
    this.#areStepsStale = false;
    const excluding = this.#excludes.filter((step) => matches(step, this.#choices));
    for (const step of excluding) this.#used.add(step);
    this.#isRun = excluding.length === 0;
    if (!this.#isRun) return;
    this.#report = undefined;
    for (const match of this.#matches) {
      const { when, index } = match;
      const isMatch = matches(when, this.#choices);
      if (isMatch) {
        this.#used.add(when);
        this.#report = when.report ?? this.#report;
      }
      if (Number(isMatch) !== index) this.#change(match, Number(isMatch), isMatch ? when.patches : []);
    }
  }
}
