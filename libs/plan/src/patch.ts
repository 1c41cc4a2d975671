import type { JsonValue } from '@mixlab/contracts';
import { deepFreeze } from '@mixlab/contracts/deep-freeze';
import type { Node } from '@mixlab/dsl';
import { entryOf, placed, toJson } from './node-value.ts';
import type { AuthoredBy, Origin } from './origin.ts';

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

/** What sets a patch: a recipe by its name, or a part of the experiment, which may differ inside of the patch. */
export type PatchSource =
  { readonly recipe: string } | { readonly by: AuthoredBy | ((path: readonly string[]) => AuthoredBy) };

/** What `node`, written at `path`, sets; in it nothing varies. */
export function patchOf(path: string, node: Node, source: PatchSource): Patch {
  const [field = '', ...rest] = path.split('.');
  return {
    field,
    rest,
    value: deepFreeze(toJson(node)),
    origin(inner) {
      let deepest = node;
      for (const part of inner) deepest = entryOf(deepest, part) ?? deepest;
      const at = placed(deepest.at, node.at);
      if ('recipe' in source) return { kind: 'recipe', recipe: source.recipe, ...at };
      const by = typeof source.by === 'function' ? source.by(inner) : source.by;
      return { kind: 'authored', by, ...at };
    },
  };
}
