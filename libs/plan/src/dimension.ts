import type { Node } from '@mixlab/dsl';
import type { JsonValue } from '@mixlab/contracts';
import { countPart, pickPart } from './alternatives.ts';
import type { Part } from './alternatives.ts';
import { patchOf } from './patch.ts';
import type { Patch } from './patch.ts';

/** Alternatives that are kept before they are made anew: bounds memory for a dimension of very many. */
const LIMIT = 2048;

/** One value of a dimension. */
export interface Choice {
  readonly patches: readonly Patch[];
  readonly shown: ReadonlyMap<string, JsonValue>;
  readonly seen: ReadonlyMap<string, JsonValue>;
}

/** One direction of the grid: something that varies independently of the rest, or one value that does not. */
export interface Dimension {
  readonly size: number;
  /** Whether it shows in the grid, if only with one value. */
  readonly varies: boolean;
  choice(index: number): Choice;
}

/** The dimension of a field of the experiment, or of the fields of a `together`. */
export function fieldDimension(part: Part, varies: boolean): Dimension {
  return dimension(countPart(part), varies, (index) => {
    const { entries, shown, seen } = pickPart(part, index);
    return { patches: entries.map(([path, node]) => patchOf(path, node)), shown, seen };
  });
}

/** The dimension of the recipe; one that varies is an axis by the recipes' names. */
export function recipeDimension(recipes: readonly RecipeNode[], varies: boolean): Dimension {
  return dimension(recipes.length, varies, (index) => {
    const { name, fields } = recipes[index] as RecipeNode;
    const axis = new Map(varies ? [['recipe', name]] : []);
    return { patches: fields.map(([path, node]) => patchOf(path, node, name)), shown: axis, seen: axis };
  });
}

/** A recipe in which nothing is wrong. */
export interface RecipeNode {
  readonly name: string;
  readonly fields: readonly (readonly [path: string, node: Node])[];
}

function dimension(size: number, varies: boolean, make: (index: number) => Choice): Dimension {
  const kept = new Map<number, Choice>();
  return {
    size,
    varies,
    choice(index) {
      let known = kept.get(index);
      if (!known) {
        if (kept.size >= LIMIT) kept.clear();
        kept.set(index, (known = make(index)));
      }
      return known;
    },
  };
}
