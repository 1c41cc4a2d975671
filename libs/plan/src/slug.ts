import type { JsonObject, JsonValue } from '@mixlab/contracts';
import { labelOf } from './check-node.ts';
import { isArray, isObject } from './json-schema.ts';

const LIMIT = 10_000;
const known = new Map<string, string>();
/** Runs share their objects, which are frozen. */
const ofObjects = new WeakMap<object, string>();

/** A value as part of a file name: `[a-z0-9._-]`, never empty, not starting with "." or "-". */
export function slug(value: JsonValue): string {
  if (typeof value === 'string') return cachedSlug(value);
  if (isArray(value)) return value.map(slug).join('_') || 'none';
  if (!isObject(value)) return String(value).replace('+', '');
  let result = ofObjects.get(value);
  if (result === undefined) ofObjects.set(value, (result = objectSlug(value)));
  return result;
}

function objectSlug(value: JsonObject): string {
  const names = [...new Set(namesIn(value))];
  return names.length > 0 ? names.map(cachedSlug).join('-') : cachedSlug(JSON.stringify(value));
}

/** The name of an object and those of the objects in it: `oneof`, `mixup`, `cutmix`. */
function namesIn(value: JsonValue): string[] {
  if (isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value)) return [];
  const label = labelOf(value);
  const inner = Object.values(value).flatMap((item) => (typeof item === 'object' ? namesIn(item) : []));
  return typeof label === 'string' ? [label, ...inner] : inner;
}

function cachedSlug(text: string): string {
  let result = known.get(text);
  if (result === undefined) {
    if (known.size >= LIMIT) known.clear();
    known.set(text, (result = makeSlug(text)));
  }
  return result;
}

function makeSlug(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return plain.replace(/-{2,}/g, '-').replace(/^[.-]+|[.-]+$/g, '') || '_';
}
