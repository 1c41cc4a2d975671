import type { Node } from '@mixlab/dsl';
import { countPart, pickPart } from './alternatives.ts';
import type { Axis, Part } from './alternatives.ts';
import { patchOf } from './patch.ts';
import type { Patch } from './patch.ts';

/** One value of a dimension. */
export interface Choice {
  readonly patches: readonly Patch[];
  readonly shown: readonly Axis[];
  readonly seen: readonly Axis[];
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
    const axis: Axis[] = varies ? [['recipe', name]] : [];
    return { patches: fields.map(([path, node]) => patchOf(path, node, name)), shown: axis, seen: axis };
  });
}

/** A recipe in which nothing is wrong. */
export interface RecipeNode {
  readonly name: string;
  readonly fields: readonly (readonly [path: string, node: Node])[];
}

/**
 * How many of `size` things that come round in turn to keep: all, or where that is too many, the few that are needed
 * again at once. Keeping half of them would cost memory and find nothing.
 */
export function cacheLimit(size: number): number {
  return size <= 1024 ? 2 * size : 4;
}

function dimension(size: number, varies: boolean, make: (index: number) => Choice): Dimension {
  let kept = new Map<number, Choice>();
  const limit = cacheLimit(size);
  return {
    size,
    varies,
    choice(index) {
      let known = kept.get(index);
      if (!known) {
        // Not `clear()`: its old tables keep each other, and all that is in them, from the young generation's collector.
        if (kept.size >= limit) kept = new Map();
        kept.set(index, (known = make(index)));
      }
      return known;
    },
  };
}
