import type { JsonObject, JsonSchema, JsonValue } from '@mixlab/contracts';

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A property of an object, its own alone: a config may have a field named like a method of `Object`. */
export function own<T>(object: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

const anything: JsonSchema = {};

/**
 * The schema that describes `value`: references followed, and the member of a union chosen. A discriminated `oneOf`
 * gives the member that the value names, or one that says nothing where it names none; an `anyOf` of one schema and
 * null gives that schema.
 */
export function resolve(schema: JsonSchema, root: JsonSchema, value: JsonValue | undefined): JsonSchema {
  if (schema.$ref !== undefined) return resolve(referenced(schema.$ref, root), root, value);
  if (schema.oneOf && schema.discriminator) {
    const name = isObject(value) ? own(value, schema.discriminator.propertyName) : undefined;
    const reference = typeof name === 'string' ? own(schema.discriminator.mapping, name) : undefined;
    return reference === undefined ? anything : resolve({ $ref: reference }, root, value);
  }
  const member = soleMember(schema);
  return member ? resolve(member, root, value) : schema;
}

/** Like `resolve`, but all members that a union may be. */
export function variants(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  if (schema.$ref !== undefined) return variants(referenced(schema.$ref, root), root);
  if (schema.oneOf) return schema.oneOf.flatMap((member) => variants(member, root));
  const member = soleMember(schema);
  return member ? variants(member, root) : [schema];
}

/** The discriminated union that a schema is, if it is one. */
export function unionOf(
  schema: JsonSchema | undefined,
  root: JsonSchema,
): Required<Discriminated> | undefined {
  if (schema?.$ref !== undefined) return unionOf(referenced(schema.$ref, root), root);
  const { oneOf, discriminator } = schema ?? {};
  return oneOf && discriminator ? { oneOf, discriminator } : undefined;
}

type Discriminated = Pick<JsonSchema, 'oneOf' | 'discriminator'>;

function soleMember(schema: JsonSchema): JsonSchema | undefined {
  const members = schema.anyOf?.filter((member) => member.type !== 'null');
  return members?.length === 1 ? members[0] : undefined;
}

function referenced(reference: string, root: JsonSchema): JsonSchema {
  const found = own(root.$defs, reference.replace(/^#\/\$defs\//, ''));
  if (!found) throw new TypeError(`the JSON Schema has no ${reference}`);
  return found;
}
