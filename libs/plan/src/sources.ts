import type { JsonSchema } from '@mixlab/contracts';
import type { ExperimentData, Node, ObjectNode, VaryNode } from '@mixlab/dsl';
import { partsOf } from './alternatives.ts';
import type { Part } from './alternatives.ts';
import { outsideIdentity, refuseInvalid, refuseUnknownPath, refuseUnread } from './check-node.ts';
import { coupledRecipeDimension, fieldDimension, recipeDimension } from './dimension.ts';
import type { Dimension, RecipeNode } from './dimension.ts';
import { headFields } from './head.ts';
import type { IssueLog } from './issue-log.ts';
import { canonicalJson } from './identity.ts';
import { entryOf, holdsVary, nameOf, placed, toJson, walk } from './node-value.ts';
import { overlap } from './paths.ts';

/** What an experiment's own object sets, with all that is wrong in it left out and reported. */
export interface Sources {
  /** In the order in which they are laid over each other: the recipe first. */
  readonly dimensions: readonly Dimension[];
  /** Indices of dimensions in the order in which they were written: the last changes fastest. */
  readonly gridOrder: readonly number[];
  /** The nodes whose values conditions can ask for, by path. */
  readonly fields: readonly (readonly [path: string, node: Node])[];
  readonly recipes: readonly string[];
}

export function readSources(experiment: ExperimentData, log: IssueLog): Sources {
  const { authored, schema } = experiment;
  const entries = authored.kind === 'object' ? authored.entries : [];
  const root = schema.jsonSchema;
  const known = entries.filter(([path, node]) => {
    if (headFields.includes(path) || refuseUnread(path, schema, node.at, log)) return false;
    return !refuseUnknownPath(path, root, node.named ?? node.at, log, headFields);
  });
  const recipeNode = entryOf(authored, 'recipe');
  const isCoupled = recipeNode?.kind === 'vary' && recipeNode.coupling !== undefined;
  const varied = isCoupled ? [...known, ['recipe', recipeNode] as const] : known;
  refuseTwoSources(known, log);
  refuseBrokenCouplings(varied, log);
  refuseUnequalSteps(varied, log);
  const parts = partsOf({ kind: 'object', entries: varied }).filter((part) => {
    if (part.keys.some((path) => log.blames(path))) return false;
    const nodes = fieldsOf(part);
    const invalid = nodes.filter(([path, node]) => refuseInvalid(node, path, log)).length > 0;
    const idle = nodes.filter(([path, node]) => refuseIdleAxes(node, path, root, log)).length > 0;
    const doubled = refuseDoubleSteps(part, log);
    return !invalid && !idle && !doubled;
  });
  const recipes = recipeNode ? readRecipes(recipeNode, root, log) : [];
  const lowestFirst = [...parts].sort((a, b) => Number(hasRecipe(b)) - Number(hasRecipe(a)));
  const dimensions = lowestFirst.map((part) =>
    hasRecipe(part) ? coupledRecipeDimension(part, recipes) : fieldDimension(part),
  );
  const order = lowestFirst.map((part) => position(entries, part.keys[0]));
  if (recipes.length > 0 && !isCoupled) {
    dimensions.unshift(recipeDimension(recipes, recipeNode?.kind === 'vary'));
    order.unshift(position(entries, 'recipe'));
  }
  return {
    dimensions,
    gridOrder: [...order.keys()].sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0)),
    fields: parts.flatMap(fieldsOf),
    recipes: recipeNode?.kind === 'vary' ? [...new Set(recipes.map(({ name }) => name))] : [],
  };
}

/** Whether a part holds the recipe, which varies in step with fields. */
function hasRecipe({ keys }: Part): boolean {
  return keys.includes('recipe');
}

function fieldsOf({ keys, nodes }: Part): (readonly [path: string, node: Node])[] {
  return keys.flatMap((key, at) => (key === 'recipe' ? [] : [[key, nodes[at] as Node] as const]));
}

function position(entries: ObjectNode['entries'], key: string | undefined): number {
  return entries.findIndex(([name]) => name === key);
}

function refuseTwoSources(entries: ObjectNode['entries'], log: IssueLog): void {
  entries.forEach(([path, node], at) => {
    const other = entries.slice(0, at).find(([earlier]) => overlap(path, earlier));
    if (!other) return;
    const message = `\`${path}\` and \`${other[0]}\` set the same value: write it in one place`;
    log.add({ code: 'two-sources', message, path, ...placed(node.at) }, path, other[0]);
  });
}

/** A field of a `together` that something beside it in the object has taken over. */
function refuseBrokenCouplings(entries: ObjectNode['entries'], log: IssueLog): void {
  const couplings = new Map(
    entries.flatMap(([, node]) =>
      node.kind === 'vary' && node.coupling ? [[node.coupling, node] as const] : [],
    ),
  );
  for (const [coupling, first] of couplings) {
    for (const path of coupling.fields) {
      const node = entryOf({ kind: 'object', entries }, path);
      // One that is no field is told as such.
      if (!node || (node.kind === 'vary' && node.coupling === coupling)) continue;
      const message = `\`${path}\` is set here and by a \`together\`: write it in one place`;
      log.add({ code: 'two-sources', message, path, ...placed(node.at, first.at) }, ...coupling.fields);
    }
  }
}

/** Alternatives of a `together` that lack a field of the others. */
function refuseUnequalSteps(entries: ObjectNode['entries'], log: IssueLog): void {
  for (const [path, node] of entries) {
    if (node.kind !== 'vary' || !node.coupling) continue;
    for (const choice of node.choices) {
      if (choice.kind !== 'invalid' || choice.got !== 'undefined') continue;
      const message = `all alternatives of a \`together\` have the same fields: this one lacks \`${path}\``;
      log.add(
        { code: 'unequal-together', message, path, ...placed(choice.at, node.at) },
        ...node.coupling.fields,
      );
    }
  }
}

/** Something that varies but changes nothing that is trained: all of its points would be one run. */
function refuseIdleAxes(node: Node, path: string, root: JsonSchema, log: IssueLog): boolean {
  let found = false;
  for (const [inner, part] of walk(node, path)) {
    if (part.kind !== 'vary' || !outsideIdentity(inner, root)) continue;
    const message =
      `\`${inner}\` does not change what is trained, so all of its values would be one run; ` +
      'to repeat runs with other seeds, use `trials`';
    log.add({ code: 'does-not-vary', message, path: inner, ...placed(part.at) }, path);
    found = true;
  }
  return found;
}

function refuseDoubleSteps(part: Part, log: IssueLog): boolean {
  const [first] = part.nodes;
  if (!part.coupled || first?.kind !== 'vary' || part.keys.some((path) => log.blames(path))) return false;
  const steps = new Set<string>();
  let found = false;
  first.choices.forEach((choice, step) => {
    const nodes = part.nodes.map((node) => (node as VaryNode).choices[step] as Node);
    if (nodes.some(holdsVary)) return;
    const text = canonicalJson(nodes.map(toJson));
    if (steps.has(text)) {
      const message = 'this alternative is among those of the `together` already';
      log.add(
        { code: 'duplicate-value', message, path: part.keys.join(', '), ...placed(choice.at) },
        ...part.keys,
      );
      found = true;
    }
    steps.add(text);
  });
  return found;
}

function readRecipes(node: Node, root: JsonSchema, log: IssueLog): RecipeNode[] {
  const nodes = node.kind === 'vary' ? node.choices : [node];
  return nodes.flatMap((recipe) => {
    const name = recipe.kind === 'object' ? nameOf(recipe) : undefined;
    const values = entryOf(recipe, 'values');
    if (name === undefined || values?.kind !== 'object' || holdsVary(values)) {
      const expected = 'a recipe, which has a name and values that do not vary: recipes.pytorch';
      log.add({
        code: 'invalid-recipe',
        message: 'this is no recipe',
        path: 'recipe',
        expected,
        ...placed(recipe.at, node.at),
      });
      log.excuse(...(root.required ?? []));
      return [];
    }
    const fields = values.entries.filter(([path, value]) => {
      return !refuseUnknownPath(path, root, value.at ?? node.at, log) && !refuseInvalid(value, path, log);
    });
    return [{ name, node: recipe, fields }];
  });
}
