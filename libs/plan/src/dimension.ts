import type { Node } from '@mixlab/dsl';
import { countPart, pickPart } from './alternatives.ts';
import type { Axis, Part } from './alternatives.ts';
import { eachValue } from './axis-values.ts';
import { entryOf } from './node-value.ts';
import { patchOf } from './patch.ts';
import type { AuthoredBy } from './origin.ts';
import type { Patch } from './patch.ts';

/** One value of a dimension. */
export interface Choice {
  readonly patches: readonly Patch[];
  readonly shown: readonly Axis[];
  readonly seen: readonly Axis[];
}

/**
 * How many of `size` things that come round in turn to keep: all, or where that is too many, the few that are needed
 * again at once. Keeping half of them would cost memory and find nothing.
 */
export function cacheLimit(size: number): number {
  return size <= 1024 ? 2 * size : 4;
}

/** One direction of the grid: something that varies independently of the rest, or one value that does not. */
export class Dimension {
  readonly size: number;
  /** The top-level fields that its choices set. */
  readonly fields: readonly string[];
  /** The paths under which conditions can find something in a choice. */
  readonly paths: ReadonlySet<string>;
  readonly #make: (index: number) => Choice;
  #known = new Map<number, Choice>();

  constructor(
    { size, fields, paths }: Pick<Dimension, 'size' | 'fields' | 'paths'>,
    make: (index: number) => Choice,
  ) {
    this.size = size;
    this.fields = fields;
    this.paths = paths;
    this.#make = make;
    // At once where all are kept: what follows is nothing but looking up.
    if (size <= cacheLimit(size)) for (let index = 0; index < size; index++) this.#keep(index);
  }

  choice(index: number): Choice {
    return this.#known.get(index) ?? this.#keep(index);
  }

  #keep(index: number): Choice {
    // Not `clear()`: its old tables keep each other, and all that is in them, from the young generation's collector.
    if (this.#known.size >= cacheLimit(this.size)) this.#known = new Map();
    const choice = this.#make(index);
    this.#known.set(index, choice);
    return choice;
  }
}

/** The dimension of a field of the experiment, or of the fields of a `together`. */
export function fieldDimension(part: Part): Dimension {
  const head = { size: countPart(part), fields: part.keys.map(fieldOf), paths: pathsOf(part) };
  return new Dimension(head, (index) => {
    const { entries, shown, seen } = pickPart(part, index);
    const patches = entries.map(([path, node], at) => patchOf(path, node, { by: writtenBy(part, at) }));
    return { patches, shown, seen };
  });
}

/** Whether a field of a part, or what lies at a path below it, varies there. */
function writtenBy(
  { nodes, coupled }: Part,
  at: number,
): AuthoredBy | ((path: readonly string[]) => AuthoredBy) {
  if (coupled) return isDrawn(nodes[at]) ? 'sample' : 'together';
  return (path) => {
    let node = nodes[at];
    for (const key of path) {
      if (node?.kind === 'vary') break;
      node = entryOf(node, key);
    }
    if (node?.kind !== 'vary') return 'experiment';
    return isDrawn(node) ? 'sample' : 'vary';
  };
}

function isDrawn(node: Node | undefined): boolean {
  return node?.kind === 'vary' && node.drawn === true;
}

function pathsOf(part: Part): ReadonlySet<string> {
  const paths = new Set<string>();
  part.keys.forEach((key, at) => eachValue(part.nodes[at] as Node, key, (path) => paths.add(path)));
  return paths;
}

/** The dimension of the recipe; one that varies is an axis by the recipes' names. */
export function recipeDimension(recipes: readonly RecipeNode[], varies: boolean): Dimension {
  const fields = recipes.flatMap((recipe) => recipe.fields.map(([path]) => fieldOf(path)));
  const paths = new Set(varies ? ['recipe'] : []);
  return new Dimension({ size: recipes.length, fields, paths }, (index) => {
    const { name, fields } = recipes[index] as RecipeNode;
    const axis: Axis[] = varies ? [['recipe', name]] : [];
    const patches = fields.map(([path, node]) => patchOf(path, node, { recipe: name }));
    return { patches, shown: axis, seen: axis };
  });
}

/** The dimension of a `together` that holds the recipe: what the recipe sets lies under the other fields. */
export function coupledRecipeDimension(part: Part, recipes: readonly RecipeNode[]): Dimension {
  const others = part.keys.filter((key) => key !== 'recipe');
  const set = [...others, ...recipes.flatMap(({ fields }) => fields.map(([path]) => path))];
  const paths = pathsOf(part);
  const isAxis = ([path]: Axis) => !path.startsWith('recipe.');
  return new Dimension({ size: countPart(part), fields: set.map(fieldOf), paths }, (index) => {
    const { entries, shown, seen } = pickPart(part, index);
    const recipe = recipes.find(({ node }) => entries.some(([, picked]) => picked === node));
    const lowest = recipe?.fields.map(([path, node]) => patchOf(path, node, { recipe: recipe.name })) ?? [];
    const over = entries.flatMap(([path, node]) =>
      path === 'recipe' ? [] : [patchOf(path, node, { by: 'together' })],
    );
    return { patches: [...lowest, ...over], shown: shown.filter(isAxis), seen: seen.filter(isAxis) };
  });
}

/** A recipe in which nothing is wrong. */
export interface RecipeNode {
  readonly name: string;
  readonly node: Node;
  readonly fields: readonly (readonly [path: string, node: Node])[];
}

function fieldOf(path: string): string {
  return path.split('.', 1)[0] as string;
}
