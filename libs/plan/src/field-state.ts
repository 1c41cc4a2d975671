import type { ConfigIssue, FieldwiseCheck, JsonSchema, JsonValue } from '@mixlab/contracts';
import { canonicalJson, fieldIdentity, identityName } from './identity.ts';
import { own } from './json-schema.ts';
import { mergeAt } from './merge.ts';
import type { Origin, Setting } from './origin.ts';
import { schemaAt, valueAt } from './paths.ts';
import { deepFreeze } from '@mixlab/contracts/deep-freeze';
import type { Patch } from './patch.ts';

/** One top-level field after some patches. */
export class FieldState {
  readonly raw: JsonValue | undefined;
  /** The last patch, and the state before it. */
  readonly patch: Patch | undefined;
  readonly before: FieldState | undefined;
  resolved: ResolvedField | undefined;

  constructor(raw: JsonValue | undefined, patch?: Patch, before?: FieldState) {
    this.raw = raw;
    this.patch = patch;
    this.before = before;
    this.resolved = undefined;
  }
}

type FieldCheck = Pick<FieldwiseCheck, 'validate'>;

/** A field with its defaults, checked. */
export interface ResolvedField {
  readonly value: JsonValue | undefined;
  readonly issues: readonly ConfigIssue[];
  /** `,"name":value` of the identity's canonical JSON, as UTF-8; empty where the field identifies nothing. */
  readonly identity: Uint8Array;
}

/** Something that is laid over fields, not the same at all points. */
export interface Layer {
  /** How many things it may be. */
  readonly size: number;
  /** Which it is at the point in view, and what that sets. */
  index: number;
  patches: readonly Patch[];
}

/** All that is laid over one field, in this order. */
interface Layers {
  /** What all points have in common. */
  readonly common: readonly Patch[];
  readonly layers: readonly Layer[];
  /** Of the command line. */
  readonly settings: readonly Patch[];
}

const NOTHING = Buffer.alloc(0);

/** The states of one field over all points: each is made and checked once. */
export class Field {
  readonly name: string;
  /** Its name in the identity. */
  readonly identityName: string;
  readonly layers: readonly Layer[];
  /** Whether a layer is another since the state was asked for. */
  isStale = true;
  readonly #schema: JsonSchema;
  readonly #root: JsonSchema;
  /** After what all points have in common. */
  readonly #base: FieldState;
  readonly #settings: readonly Patch[];
  /** By the number of the layers' combination. */
  #known = new Map<number, FieldState>();
  readonly #limit: number;

  /** @param limit states that are kept before they are made anew */
  constructor(name: string, root: JsonSchema, { common, layers, settings }: Layers, limit: number) {
    this.name = name;
    this.identityName = identityName(name, root);
    this.layers = layers;
    this.#root = root;
    this.#schema = own(root.properties, name) ?? {};
    this.#settings = settings;
    // A constant such as the format's version is nobody's to write.
    this.#base = this.#lay(new FieldState(this.#schema.const), common);
    // Beyond what numbers count exactly, nothing is kept.
    const isCountable = layers.reduce((size, layer) => size * layer.size, 1) < Number.MAX_SAFE_INTEGER;
    this.#limit = isCountable ? limit : 0;
  }

  /**
   * The state at the point in view.
   *
   * @param used takes the settings that have an effect
   */
  state(used: Set<unknown>): FieldState {
    this.isStale = false;
    let combination = 0;
    for (let at = 0; at < this.layers.length; at++) {
      const { size, index } = this.layers[at] as Layer;
      combination = combination * size + index;
    }
    let state = this.#known.get(combination);
    if (!state) {
      state = this.#make(used);
      // Not `clear()`: see `dimension`.
      if (this.#known.size >= this.#limit) this.#known = new Map();
      if (this.#limit > 0) this.#known.set(combination, state);
    }
    return state;
  }

  resolve(state: FieldState, check: FieldCheck): ResolvedField {
    return (state.resolved ??= this.#resolve(state, check));
  }

  #make(used: Set<unknown>): FieldState {
    let state = this.#base;
    for (const { patches } of this.layers) state = this.#lay(state, patches);
    for (const patch of this.#settings) {
      const after = this.#lay(state, [patch]);
      if (after !== state) used.add(patch);
      state = after;
    }
    return state;
  }

  #lay(state: FieldState, patches: readonly Patch[]): FieldState {
    let after = state;
    for (const patch of patches) {
      const { field, rest, value, whereKnown } = patch;
      if (field !== this.name) continue;
      if (whereKnown && !schemaAt(rest, this.#schema, this.#root, after.raw)) continue;
      after = new FieldState(mergeAt(after.raw, rest, value, this.#schema, this.#root), patch, after);
    }
    return after;
  }

  #resolve(state: FieldState, check: FieldCheck): ResolvedField {
    const checked = check.validate(this.name, state.raw);
    if ('issues' in checked) return { value: undefined, issues: checked.issues, identity: NOTHING };
    return { value: deepFreeze(checked.value), issues: [], identity: this.#identity(checked.value) };
  }

  /** The field's part of the identity of a config that holds `value`. */
  #identity(value: JsonValue | undefined): Uint8Array {
    const identity = fieldIdentity(this.name, value, this.#root, this.#root);
    if (identity === undefined) return NOTHING;
    return Buffer.from(`,${canonicalJson(this.identityName)}:${canonicalJson(identity)}`);
  }
}

/** Where the value at `path` below the field comes from: the last patch that set it. */
export function originIn(state: FieldState, path: readonly string[]): Origin {
  if (valueAt(state.raw, path) === undefined) return { kind: 'default' };
  const [last] = historyIn(state, path);
  return last?.origin ?? { kind: 'default' };
}

/** What set the value at `path` below the field, or took it away, the newest first. */
export function* historyIn(state: FieldState, path: readonly string[]): Generator<Setting, void, undefined> {
  for (let at: FieldState | undefined = state; at?.patch; at = at.before) {
    const { rest, value: set } = at.patch;
    const parting = rest.findIndex((part, index) => part !== path[index]);
    if (parting >= 0 && parting < path.length) continue;
    // The patch sets a part of what is asked for, or that itself, or something around it.
    const inner = path.slice(rest.length);
    const value = valueAt(at.raw, path);
    if (value !== undefined && valueAt(set, inner) !== undefined) {
      yield { value, origin: at.patch.origin(inner) };
    } else if (value === undefined && valueAt(at.before?.raw, path) !== undefined) {
      yield { origin: at.patch.origin(inner) };
    }
  }
}
