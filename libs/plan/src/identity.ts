import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject, JsonSchema, JsonValue } from '@mixlab/contracts';
import { isArray, isObject, own, resolve } from './json-schema.ts';

/**
 * What identifies a config: all that changes what is trained.
 *
 * Left out is every property that the schema marks with `x-identity: false`, and every one that equals its default,
 * so that a field added later changes no existing hash. Constants stay. So that a new version of the format changes no
 * hash either, a field goes by its first name, is compared with its first default, and the version is the first
 * (`x-identity-name`, `-default` and `-const`). Objects are gone through rather than compared, and left out where nothing of
 * them is left, unless required. Of an array of objects each element is gone through and none removed; any other array is
 * compared whole. `mixlab.identity` computes the same in Python.
 */
export function identity(config: JsonObject, schema: JsonSchema): JsonObject {
  return strip(config, schema, schema);
}

/** SHA-256 of the identity as canonical JSON (RFC 8785), 64 hex digits. */
export function identityHash(config: JsonObject, schema: JsonSchema): string {
  return sha256(canonicalJson(identity(config, schema)));
}

/** What of one field of a config identifies it; undefined where nothing does. */
export function fieldIdentity(
  name: string,
  value: JsonValue | undefined,
  schema: JsonSchema,
  root: JsonSchema,
): JsonValue | undefined {
  const field = own(schema.properties, name) ?? {};
  if (value === undefined || field['x-identity'] === false) return undefined;
  const inner = resolve(field, root, value);
  if (isObject(value) && inner.properties) {
    const stripped = strip(value, inner, root);
    return Object.keys(stripped).length > 0 || schema.required?.includes(name) ? stripped : undefined;
  }
  if (isArray(value) && inner.items && areObjects(value, inner.items, root)) {
    const { items } = inner;
    return value.map((element) => strip(element as JsonObject, items, root));
  }
  if ('const' in inner) return inner['x-identity-const'] ?? value;
  const { default: today, 'x-identity-default': first = today } = field;
  return first !== undefined && same(value, first) ? undefined : value;
}

/** What a field of a config is called where it identifies something. */
export function identityName(name: string, schema: JsonSchema): string {
  return own(schema.properties, name)?.['x-identity-name'] ?? name;
}

export function canonicalJson(value: JsonValue): string {
  return canonicalize(value) as string;
}

/** SHA-256 of a text, 64 hex digits. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Whether two JSON values are equal. */
export function same(one: JsonValue, other: JsonValue): boolean {
  if (one === other) return true;
  if (isArray(one) && isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index] as JsonValue));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key] as JsonValue, other[key] as JsonValue))
  );
}

function strip(value: JsonObject, schema: JsonSchema, root: JsonSchema): JsonObject {
  const resolved = resolve(schema, root, value);
  const kept: [string, JsonValue][] = [];
  for (const key of Object.keys(value)) {
    const stripped = fieldIdentity(key, value[key], resolved, root);
    if (stripped !== undefined) kept.push([identityName(key, resolved), stripped]);
  }
  return Object.fromEntries(kept);
}

function areObjects(items: readonly JsonValue[], schema: JsonSchema, root: JsonSchema): boolean {
  return items.every((item) => isObject(item) && resolve(schema, root, item).properties !== undefined);
}
