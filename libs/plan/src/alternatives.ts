import type { JsonValue } from '@mixlab/contracts';
import type { Node, ObjectNode, VaryNode } from '@mixlab/dsl';
import { differingFields, recordChoice } from './axis-values.ts';
import { holdsVary, joinPath } from './node-value.ts';

/** A field of an object, or the fields of one `together`, which only vary in step. */
export interface Part {
  readonly keys: readonly string[];
  readonly nodes: readonly Node[];
  readonly coupled: boolean;
}

/** What one choice of everything that varies in a part gives. */
export interface Alternative {
  /** Nothing varies in these any more. */
  readonly entries: readonly (readonly [key: string, node: Node])[];
  /** Value of each axis by path; an object stands as its name. */
  readonly shown: readonly Axis[];
  /** What conditions see: the axes, and every value inside a choice. */
  readonly seen: readonly Axis[];
}

export type Axis = readonly [path: string, value: JsonValue];

interface Axes {
  readonly shown: Axis[];
  readonly seen: Axis[];
}

const parts = new WeakMap<ObjectNode, readonly Part[]>();
const counts = new WeakMap<Node | Part, number>();

/** The parts of an object that vary independently of one another, in the order they are written. */
export function partsOf(node: ObjectNode): readonly Part[] {
  let known = parts.get(node);
  if (!known) parts.set(node, (known = groupParts(node)));
  return known;
}

function groupParts(node: ObjectNode): Part[] {
  const groups = new Map<unknown, { keys: string[]; nodes: Node[]; coupled: boolean }>();
  for (const [key, inner] of node.entries) {
    const coupling = inner.kind === 'vary' ? inner.coupling : undefined;
    const group = groups.get(coupling ?? key) ?? { keys: [], nodes: [], coupled: coupling !== undefined };
    group.keys.push(key);
    group.nodes.push(inner);
    groups.set(coupling ?? key, group);
  }
  return [...groups.values()];
}

/** How many alternatives a part has. */
export function countPart(part: Part): number {
  let known = counts.get(part);
  if (known === undefined) {
    const steps = part.coupled ? stepsOf(part) : [part.nodes];
    known = steps.reduce((sum, nodes) => sum + product(nodes), 0);
    counts.set(part, known);
  }
  return known;
}

/** Alternative `index` of a part of the object at `path`; the last of what varies in it changes fastest. */
export function pickPart(part: Part, index: number, path = ''): Alternative {
  const axes: Axes = { shown: [], seen: [] };
  return { entries: pickEntries(part, index, path, axes), ...axes };
}

function pickEntries(part: Part, index: number, path: string, axes: Axes): [string, Node][] {
  if (!part.coupled) {
    return part.keys.map((key, at) => [key, pick(part.nodes[at] as Node, index, joinPath(path, key), axes)]);
  }
  let rest = index;
  for (const nodes of stepsOf(part)) {
    const size = product(nodes);
    if (rest < size) {
      const indices = digits(rest, nodes.map(count));
      return part.keys.map((key, at) => {
        const inner = joinPath(path, key);
        const picked = pick(nodes[at] as Node, indices[at] ?? 0, inner, axes);
        recordChoice(picked, inner, differingFields(part.nodes[at] as VaryNode), axes);
        return [key, picked];
      });
    }
    rest -= size;
  }
  throw new RangeError(`a part has no alternative ${index}`);
}

function pick(node: Node, index: number, path: string, axes: Axes): Node {
  if (!holdsVary(node)) return node;
  if (node.kind === 'vary') return pickChoice(node, index, path, axes);
  if (node.kind === 'array') {
    const indices = digits(index, node.items.map(count));
    const items = node.items.map((item, at) => pick(item, indices[at] ?? 0, joinPath(path, at), axes));
    return { ...node, items };
  }
  if (node.kind === 'object') {
    const inner = partsOf(node);
    const indices = digits(index, inner.map(countPart));
    return { ...node, entries: inner.flatMap((part, at) => pickEntries(part, indices[at] ?? 0, path, axes)) };
  }
  return node;
}

function pickChoice(node: VaryNode, index: number, path: string, axes: Axes): Node {
  const [choice, rest] = choiceAt(node, index);
  const picked = pick(choice, rest, path, axes);
  if (choice.kind !== 'vary') recordChoice(picked, path, differingFields(node), axes);
  return picked;
}

/** The choice that holds alternative `index`, and which of its own alternatives that is. */
function choiceAt(node: VaryNode, index: number): readonly [choice: Node, rest: number] {
  const direct = count(node) === node.choices.length ? node.choices[index] : undefined;
  if (direct) return [direct, 0];
  let rest = index;
  for (const choice of node.choices) {
    const size = count(choice);
    if (rest < size) return [choice, rest];
    rest -= size;
  }
  throw new RangeError(`something that varies has no alternative ${index}`);
}

function count(node: Node): number {
  if (!holdsVary(node)) return 1;
  let known = counts.get(node);
  if (known === undefined) {
    known = countVarying(node);
    counts.set(node, known);
  }
  return known;
}

function countVarying(node: Node): number {
  if (node.kind === 'vary') return node.choices.reduce((sum, choice) => sum + count(choice), 0);
  if (node.kind === 'array') return product(node.items);
  if (node.kind === 'object') return partsOf(node).reduce((size, part) => size * countPart(part), 1);
  return 1;
}

function product(nodes: readonly Node[]): number {
  return nodes.reduce((size, node) => size * count(node), 1);
}

/** The values of a `together`, alternative by alternative. */
function stepsOf(part: Part): Node[][] {
  const choices = part.nodes.map((node) => (node.kind === 'vary' ? node.choices : []));
  return (choices[0] ?? []).map((_, step) => choices.map((values) => values[step] as Node));
}

/** `index` in the mixed radix of `sizes`, the last digit fastest. */
export function digits(index: number, sizes: readonly number[]): number[] {
  const result = new Array<number>(sizes.length).fill(0);
  let rest = index;
  for (let at = sizes.length - 1; at >= 0; at--) {
    const size = sizes[at] as number;
    result[at] = rest % size;
    rest = Math.floor(rest / size);
  }
  return result;
}
