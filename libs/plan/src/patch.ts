import type { JsonValue } from '@mixlab/contracts';
import type { Node } from '@mixlab/dsl';
import { entryOf, placed, toJson } from './node-value.ts';
import type { Origin } from './origin.ts';

/** Something that one source sets in a config. Patches are compared by identity. */
export interface Patch {
  /** Top-level field. */
  readonly field: string;
  /** Path below it. */
  readonly rest: readonly string[];
  readonly value: JsonValue;
  /** Of the value, or of a part of it by path. */
  origin(path: readonly string[]): Origin;
  /** Left out of a run where its field does not exist: a parameter that the run's method does not have. */
  readonly whereKnown?: boolean;
}

/** What `node`, written at `path`, sets; in it nothing varies. */
export function patchOf(path: string, node: Node, recipe?: string): Patch {
  const [field = '', ...rest] = path.split('.');
  return {
    field,
    rest,
    value: deepFreeze(toJson(node)),
    origin(inner) {
      let deepest = node;
      for (const part of inner) deepest = entryOf(deepest, part) ?? deepest;
      const at = placed(deepest.at, node.at);
      return recipe === undefined ? { kind: 'authored', ...at } : { kind: 'recipe', recipe, ...at };
    },
  };
}

export function deepFreeze<T extends JsonValue | undefined>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner as JsonValue);
  }
  return value;
}
