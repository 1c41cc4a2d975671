import type { ConfigIssue, FieldwiseCheck, JsonSchema, JsonValue } from '@mixlab/contracts';
import { canonicalJson, fieldIdentity } from './identity.ts';
import { own } from './json-schema.ts';
import { mergeAt } from './merge.ts';
import type { Origin } from './origin.ts';
import { schemaAt, valueAt } from './paths.ts';
import { deepFreeze } from './patch.ts';
import type { Patch } from './patch.ts';

/** One top-level field after some patches. The same patches in the same order give the same state. */
export interface FieldState {
  readonly raw: JsonValue | undefined;
  readonly patch?: Patch;
  readonly before?: FieldState;
  /** States that one more patch leads to. */
  next?: Map<Patch, FieldState> | undefined;
  resolved?: ResolvedField;
}

type FieldCheck = Pick<FieldwiseCheck, 'validate'>;

/** A field with its defaults, checked. */
export interface ResolvedField {
  readonly value: JsonValue | undefined;
  readonly issues: readonly ConfigIssue[];
  /** `"name":value` of the identity's canonical JSON, as UTF-8; empty where the field identifies nothing. */
  readonly identity: Uint8Array;
}

const NOTHING = Buffer.alloc(0);

/** The states of one field over all runs: each is made and checked once. */
export class Field {
  readonly name: string;
  readonly #schema: JsonSchema;
  readonly #root: JsonSchema;
  /** After what all runs have in common. */
  #base: FieldState;
  readonly #limit: number;
  #made = 0;

  /** @param limit states that are kept before they are made anew */
  constructor(name: string, root: JsonSchema, limit: number) {
    this.#limit = limit;
    this.name = name;
    this.#root = root;
    this.#schema = own(root.properties, name) ?? {};
    // A constant such as the format's version is nobody's to write.
    this.#base = { raw: this.#schema.const };
  }

  get base(): FieldState {
    return this.#base;
  }

  /** Adds a patch that all runs have. */
  settle(patch: Patch): void {
    this.#base = this.#make(this.#base, patch);
  }

  apply(state: FieldState, patch: Patch): FieldState {
    const known = state.next?.get(patch);
    if (known) return known;
    if (patch.whereKnown && !schemaAt(patch.rest, this.#schema, this.#root, state.raw)) return state;
    if (++this.#made > this.#limit) {
      this.#made = 0;
      this.#base.next = undefined;
    }
    const made = this.#make(state, patch);
    (state.next ??= new Map()).set(patch, made);
    return made;
  }

  resolve(state: FieldState, check: FieldCheck): ResolvedField {
    return (state.resolved ??= this.#resolve(state, check));
  }

  /** The field's part of the identity of a config that holds `value`. */
  identity(value: JsonValue | undefined): Uint8Array {
    const identity = fieldIdentity(this.name, value, this.#root, this.#root);
    if (identity === undefined) return NOTHING;
    return Buffer.from(`${canonicalJson(this.name)}:${canonicalJson(identity)}`);
  }

  #make(before: FieldState, patch: Patch): FieldState {
    return { raw: mergeAt(before.raw, patch.rest, patch.value, this.#schema, this.#root), patch, before };
  }

  #resolve(state: FieldState, check: FieldCheck): ResolvedField {
    const checked = check.validate(this.name, state.raw);
    if ('issues' in checked) return { value: undefined, issues: checked.issues, identity: NOTHING };
    return { value: deepFreeze(checked.value), issues: [], identity: this.identity(checked.value) };
  }
}

/** Where the value at `path` below the field comes from: the last patch that set it. */
export function originIn(state: FieldState, path: readonly string[]): Origin {
  if (valueAt(state.raw, path) === undefined) return { kind: 'default' };
  for (let at: FieldState | undefined = state; at?.patch; at = at.before) {
    const { rest, value } = at.patch;
    const parting = rest.findIndex((part, index) => part !== path[index]);
    if (parting >= 0 && parting < path.length) continue;
    // The patch sets a part of what is asked for, or that itself, or something around it.
    const inner = path.slice(rest.length);
    if (valueAt(value, inner) !== undefined) return at.patch.origin(inner);
  }
  return { kind: 'default' };
}
