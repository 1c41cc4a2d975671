import type { ConfigIssue, JsonObject, JsonSchema, JsonValue } from '@mixlab/contracts';
import { count, nearestName, typeName } from '@mixlab/contracts';
import type { z } from 'zod';

type ZodIssue = z.core.$ZodIssue;

/** zod's problems as ours: dotted path, what was expected, what stood there, and the nearest valid name. */
export function issuesOf(error: z.ZodError, config: JsonObject, schema: JsonSchema): ConfigIssue[] {
  return error.issues.flatMap((issue) => convert(issue, config, schema));
}

function convert(issue: ZodIssue, config: JsonObject, schema: JsonSchema): ConfigIssue[] {
  const path = issue.path.join('.');
  const got = valueAt(config, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = fieldNames(schema, config, issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestName(key, known);
      return {
        code: 'unknown-path',
        message: `unknown field ${JSON.stringify(key)}`,
        path: [...issue.path, key].join('.'),
        expected: `one of ${known.join(', ')}`,
        ...(nearest ? { nearest } : {}),
      };
    });
  }
  const expected = expectation(issue);
  const nearest = typeof got === 'string' ? nearestName(got, allowedValues(issue)) : undefined;
  return [
    {
      code: got === undefined ? 'missing-value' : 'invalid-value',
      message: got === undefined ? 'a value is missing' : 'the value is not allowed here',
      path,
      ...(expected ? { expected } : {}),
      got: show(got),
      ...(nearest ? { nearest } : {}),
    },
  ];
}

function allowedValues(issue: ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return issue.options.map(String);
  return [];
}

function expectation(issue: ZodIssue): string {
  const exactly = (inclusive: boolean | undefined, atLeast: string, more: string) =>
    inclusive ? atLeast : more;
  switch (issue.code) {
    case 'invalid_type':
      return typeName(issue.expected);
    case 'too_small':
      return `${exactly(issue.inclusive, 'at least', 'more than')} ${measured(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${exactly(issue.inclusive, 'at most', 'less than')} ${measured(issue.maximum, issue.origin)}`;
    case 'invalid_value':
    case 'invalid_union':
      return allowedValues(issue)
        .map((value) => JSON.stringify(value))
        .join(' or ');
    case 'invalid_format':
      return issue.pattern ? `text like ${issue.pattern}` : issue.format;
    default:
      return issue.message;
  }
}

function measured(limit: number | bigint, origin: string): string {
  const unit = { array: 'value', string: 'character' }[origin];
  return unit ? count(Number(limit), unit) : String(limit);
}

/** Names of the fields that the schema allows at a path, following references and the discriminator of a union. */
function fieldNames(root: JsonSchema, config: JsonObject, path: readonly PropertyKey[]): string[] {
  let schema: JsonSchema | undefined = root;
  let value: unknown = config;
  for (const key of [undefined, ...path]) {
    if (key !== undefined) {
      schema = typeof key === 'number' ? schema?.items : schema?.properties?.[String(key)];
      value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    }
    const union: JsonSchema['discriminator'] = schema?.discriminator;
    const name: unknown = union && (value as Record<string, unknown> | undefined)?.[union.propertyName];
    const ref: string | undefined = schema?.$ref ?? union?.mapping?.[String(name)];
    if (ref) schema = root.$defs?.[ref.replace('#/$defs/', '')];
  }
  return Object.keys(schema?.properties ?? {});
}

function valueAt(config: JsonObject, path: readonly PropertyKey[]): JsonValue | undefined {
  let value: unknown = config;
  for (const key of path)
    value =
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value as JsonValue | undefined;
}

function show(value: JsonValue | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
