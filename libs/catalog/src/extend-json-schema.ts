import type { JsonObject, JsonSchema, JsonValue } from '@mixlab/contracts';
import type { ExtensionMethod } from './extension.ts';

/** The run config's JSON Schema with further methods, wherever it holds one: as the method of a run, and in a mixture. */
export function extendJsonSchema(root: JsonSchema, methods: readonly ExtensionMethod[]): JsonSchema {
  const { Choice: choice, ...definitions } = root.$defs ?? {};
  return {
    ...root,
    properties: { ...root.properties, mixMode: withMembers(root.properties?.['mixMode'], methods) },
    $defs: {
      ...definitions,
      Choice: {
        ...choice,
        properties: { ...choice?.properties, method: withMembers(choice?.properties?.['method'], methods) },
      },
      ...Object.fromEntries(methods.flatMap(definitionsOf)),
    },
  };
}

function withMembers(union: JsonSchema | undefined, methods: readonly ExtensionMethod[]): JsonSchema {
  const references = methods.map(({ name }) => [name, `#/$defs/${name}`] as const);
  return {
    ...union,
    oneOf: [...(union?.oneOf ?? []), ...references.map(([, $ref]) => ({ $ref }))],
    discriminator: {
      propertyName: 'name',
      mapping: { ...union?.discriminator?.mapping, ...Object.fromEntries(references) },
    },
  };
}

/** A method's schema and what it refers to, under names that no other method's have. */
function definitionsOf({ name, schema }: ExtensionMethod): [string, JsonSchema][] {
  const { $defs = {}, ...own } = schema;
  const inner = Object.entries($defs).map(([key, value]): [string, JsonSchema] => [`${name}.${key}`, value]);
  return [[name, own] as [string, JsonSchema], ...inner].map(([key, value]) => [
    key,
    withReferences(value as JsonValue, `${name}.`) as JsonSchema,
  ]);
}

function withReferences(value: JsonValue, prefix: string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withReferences(item, prefix));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as JsonObject).map(([key, item]) => [
    key,
    key === '$ref' && typeof item === 'string'
      ? item.replace('#/$defs/', `#/$defs/${prefix}`)
      : withReferences(item, prefix),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}
