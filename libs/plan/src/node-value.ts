import type { JsonValue, SourceLocation } from '@mixlab/contracts';
import type { Node, ObjectNode } from '@mixlab/dsl';

/** The JSON value of a node in which nothing varies and nothing is invalid. */
export function toJson(node: Node): JsonValue {
  switch (node.kind) {
    case 'value':
      return node.value;
    case 'array':
      return node.items.map(toJson);
    case 'object':
      return Object.fromEntries(node.entries.map(([key, inner]) => [key, toJson(inner)]));
    default:
      throw new TypeError(`a node of kind ${node.kind} has no value`);
  }
}

export function entryOf(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind === 'array') return node.items[Number(key)];
  return node?.kind === 'object' ? node.entries.find(([name]) => name === key)?.[1] : undefined;
}

/** Objects that have a `name` are known by it. */
export function nameOf(node: ObjectNode): string | undefined {
  const name = entryOf(node, 'name');
  return name?.kind === 'value' && typeof name.value === 'string' ? name.value : undefined;
}

export function joinPath(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}

/** All nodes below and with `node`, each with its path; those of a choice have the path of what varies. */
export function walk(node: Node, path = ''): (readonly [path: string, node: Node])[] {
  const inner = childrenOf(node, path).flatMap(([below, child]) => walk(child, below));
  return [[path, node], ...inner];
}

function childrenOf(node: Node, path: string): (readonly [path: string, node: Node])[] {
  switch (node.kind) {
    case 'vary':
      return node.choices.map((choice) => [path, choice]);
    case 'array':
      return node.items.map((item, at) => [joinPath(path, at), item]);
    case 'object':
      return node.entries.map(([key, inner]) => [joinPath(path, key), inner]);
    default:
      return [];
  }
}

/** `{ at }` where the place is known: what an issue spreads in. */
export function placed(...places: readonly (SourceLocation | undefined)[]): { readonly at?: SourceLocation } {
  const at = places.find((place) => place !== undefined);
  return at ? { at } : {};
}

const varying = new WeakMap<Node, boolean>();

/** Whether anything in a node varies. */
export function holdsVary(node: Node): boolean {
  let known = varying.get(node);
  if (known === undefined) {
    known =
      node.kind === 'vary' ||
      (node.kind === 'array' && node.items.some(holdsVary)) ||
      (node.kind === 'object' && node.entries.some(([, inner]) => holdsVary(inner)));
    varying.set(node, known);
  }
  return known;
}
