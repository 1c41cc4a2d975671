import type { SourceLocation } from '@mixlab/contracts/issue';
import type { Node } from './node.ts';
import { nameOriginOf, originOf } from './origin.ts';
import { isTodo, open } from './todo.ts';
import { isVary, varies } from './vary.ts';
import { isWrong, wrong } from './wrong.ts';

/** An authored value as frozen nodes; `place` is where it stands in what holds it. */
export function toNode(value: unknown, place?: SourceLocation): Node {
  return convert(value, place, []);
}

function convert(value: unknown, place: SourceLocation | undefined, around: readonly unknown[]): Node {
  const at = place ?? originOf(value);
  const placed = at ? { at } : {};
  if (isTodo(value)) return Object.freeze({ kind: 'invalid', got: 'a todo', todo: value[open], ...placed });
  if (isWrong(value)) return Object.freeze({ kind: 'invalid', ...value[wrong], ...placed });
  const got = whyInvalid(value, around);
  if (got !== undefined) return Object.freeze({ kind: 'invalid', got, ...placed });
  if (typeof value !== 'object' || value === null) {
    return Object.freeze({ kind: 'value', value: value as string | number | boolean | null, ...placed });
  }
  const brought = at && Object.freeze({ ...at, brought: true });
  const part = (inner: unknown, key: string | number): Node =>
    convert(inner, originOf(value, key) ?? originOf(inner) ?? brought, [...around, value]);
  if (isVary(value)) {
    const { values, ...kind } = value[varies];
    const choices = Object.freeze(values.map(part));
    return Object.freeze({ kind: 'vary', choices, ...kind, ...placed });
  }
  if (Array.isArray(value)) {
    return Object.freeze({ kind: 'array', items: Object.freeze(Array.from(value, part)), ...placed });
  }
  const entries = Object.entries(value).map(([key, inner]) => {
    const named = nameOriginOf(value, key);
    const node = part(inner, key);
    return Object.freeze([key, named ? Object.freeze({ ...node, named }) : node] as const);
  });
  return Object.freeze({ kind: 'object', entries: Object.freeze(entries), ...placed });
}

/** More values than any field takes, which would keep a machine busy. */
const MAX_ITEMS = 100_000;

/** What a value is, in words, when no JSON file can hold it. */
function whyInvalid(value: unknown, around: readonly unknown[]): string | undefined {
  switch (typeof value) {
    case 'string':
      return /\p{Surrogate}/u.test(value) ? 'a string with half a surrogate pair' : undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'boolean':
      return undefined;
    case 'undefined':
      return 'undefined';
    case 'object':
      return value === null || isVary(value) ? undefined : whyInvalidObject(value, around);
    default:
      return `a ${typeof value}`;
  }
}

function whyInvalidObject(value: object, around: readonly unknown[]): string | undefined {
  if (around.includes(value)) return 'an object that contains itself';
  if (Array.isArray(value)) return value.length > MAX_ITEMS ? `a list of ${value.length} values` : undefined;
  if (Object.hasOwn(value, '__proto__')) return 'an object with a field named __proto__';
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another `Object.prototype`.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  return `a ${(value.constructor as { name?: string } | undefined)?.name || 'class instance'}`;
}
