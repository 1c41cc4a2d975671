import type { JsonSchema, JsonValue } from '@mixlab/contracts';
import { isArray, isObject, own, resolve, variants } from './json-schema.ts';

/** Where a path leaves a schema: the part that is unknown, and what stands there instead. */
export interface UnknownPart {
  /** The path up to the unknown part, ending in a dot, or empty. */
  readonly before: string;
  readonly part: string;
  readonly known: readonly string[];
}

/** Why no config of this schema has a field at `path`; undefined where some has. */
export function unknownPart(path: string, root: JsonSchema): UnknownPart | undefined {
  let schemas = variants(root, root);
  let before = '';
  for (const part of path.split('.')) {
    const inner = schemas.flatMap((schema) => step(schema, part) ?? []);
    if (inner.length === 0) return { before, part, known: [...new Set(schemas.flatMap(fieldNames))] };
    schemas = inner.flatMap((schema) => variants(schema, root));
    before += `${part}.`;
  }
  return undefined;
}

/** The schema of the field at `path` in a config that is like `value` so far; undefined where it has no such field. */
export function schemaAt(
  path: readonly string[],
  schema: JsonSchema,
  root: JsonSchema,
  value: JsonValue | undefined,
): JsonSchema | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return schema;
  const inner = step(resolve(schema, root, value), part);
  return inner && schemaAt(rest, inner, root, childOf(value, part));
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let inner = value;
  for (const part of path) inner = childOf(inner, part);
  return inner;
}

export function childOf(value: JsonValue | undefined, part: string): JsonValue | undefined {
  if (isArray(value)) return isIndex(part) ? value[Number(part)] : undefined;
  return isObject(value) ? own(value, part) : undefined;
}

/** Whether one of two dotted paths is the other, or leads to it. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

export function isIndex(part: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(part);
}

/** The schema of a field of an object or an element of an array that a schema without references describes. */
export function step(schema: JsonSchema, part: string): JsonSchema | undefined {
  if (schema.items) return isIndex(part) ? schema.items : undefined;
  return own(schema.properties, part) ?? openField(schema);
}

function openField(schema: JsonSchema): JsonSchema | undefined {
  const open = schema.type === 'object' && schema.additionalProperties;
  return typeof open === 'object' ? open : open === true ? {} : undefined;
}

function fieldNames(schema: JsonSchema): string[] {
  return Object.keys(schema.properties ?? {});
}
