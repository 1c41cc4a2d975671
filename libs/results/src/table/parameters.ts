import type { JsonValue } from '@mixlab/contracts';

export type Parameters = Readonly<Record<string, JsonValue>>;

/**
 * The values of an object by path, nested ones too: `{ choices: [{ method: { alpha: 1 } }] }` has
 * `choices.0.method.alpha`. Lists of plain values stay whole.
 */
export function flatten(object: Parameters): Parameters {
  return Object.fromEntries(Object.entries(object).flatMap(([path, value]) => leaves(path, value)));
}

function leaves(path: string, value: JsonValue): [string, JsonValue][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const plain = Object.values(value).every((item) => typeof item !== 'object' || item === null);
  if (Array.isArray(value) && plain) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leaves(`${path}.${key}`, item as JsonValue));
}

/** Paths whose value is not the same in all of `settings`; a missing value is a value of its own. */
export function differingPaths(settings: readonly Parameters[]): string[] {
  const paths = new Set(settings.flatMap((setting) => Object.keys(setting)));
  const differs = (path: string) =>
    new Set(settings.map((setting) => JSON.stringify(setting[path]))).size > 1;
  return [...paths].filter(differs);
}

/** The part of a record under some of its keys, in their order. */
export function pick(record: Parameters, keys: readonly string[]): Record<string, JsonValue> {
  return Object.fromEntries(
    keys.filter((key) => Object.hasOwn(record, key)).map((key) => [key, record[key]!]),
  );
}
