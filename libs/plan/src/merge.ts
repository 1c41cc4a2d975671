import type { JsonObject, JsonSchema, JsonValue } from '@mixlab/contracts';
import { isArray, isObject, resolve, unionOf } from './json-schema.ts';
import { childOf, isIndex, schemaAt } from './paths.ts';

/** A copy of `current` with `value` merged in at `path`; what is not on the way is shared. */
export function mergeAt(
  current: JsonValue | undefined,
  path: readonly string[],
  value: JsonValue,
  schema: JsonSchema,
  root: JsonSchema,
): JsonValue {
  const [part, ...rest] = path;
  if (part === undefined) return merge(current, value, schema, root);
  const inner = schemaAt([part], schema, root, current) ?? {};
  const changed = mergeAt(childOf(current, part), rest, value, inner, root);
  if (isArray(current) && isIndex(part) && Number(part) < current.length) {
    return current.with(Number(part), changed);
  }
  return { ...(isObject(current) ? current : {}), [part]: changed };
}

/**
 * `value` over `current`: objects key by key, except one that could stand by itself. That has its discriminator, or
 * all fields that its schema requires: another method, another dataset.
 */
function merge(
  current: JsonValue | undefined,
  value: JsonValue,
  schema: JsonSchema,
  root: JsonSchema,
): JsonValue {
  if (!isObject(value) || !isObject(current) || standsAlone(value, schema, root)) return value;
  const merged = new Map(Object.entries(current));
  for (const [key, item] of Object.entries(value)) {
    merged.set(key, merge(merged.get(key), item, schemaAt([key], schema, root, current) ?? {}, root));
  }
  // Not by assignment: a field that is called `__proto__` is to be refused, not obeyed.
  return Object.fromEntries(merged);
}

export function standsAlone(value: JsonObject, schema: JsonSchema, root: JsonSchema): boolean {
  const union = unionOf(schema, root);
  if (union) return Object.hasOwn(value, union.discriminator.propertyName);
  const { required = [] } = resolve(schema, root, value);
  return required.length > 0 && required.every((key) => Object.hasOwn(value, key));
}
