import type { JsonValue, SourceLocation } from '@mixlab/contracts';
import { pythonRepr } from './python-text.ts';
import type { PythonValue } from './python-value.ts';
import { isKind, typeName, settled } from './python-value.ts';

/** A value that stands for `null` in the JSON because it is not known, or because JSON cannot hold it. */
export interface UnknownAt {
  /** Keys and indices from the top. */
  readonly path: readonly string[];
  readonly why: string;
  readonly at?: SourceLocation;
}

export interface JsonOfPython {
  readonly value: JsonValue;
  readonly unknown: readonly UnknownAt[];
}

/** A value as Python's `json.dump` writes it: tuples and ranges as lists, keys as strings. */
export function toJson(value: PythonValue, at?: SourceLocation): JsonOfPython {
  const unknown: UnknownAt[] = [];
  return { value: convert(value, [], at, unknown), unknown };
}

function convert(
  given: PythonValue,
  path: readonly string[],
  at: SourceLocation | undefined,
  unknown: UnknownAt[],
): JsonValue {
  const lose = (why: string, place = at): null => {
    unknown.push({ path, why, ...(place ? { at: place } : {}) });
    return null;
  };
  const value = settled(given);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : lose(`${value} is too large a number for JSON`);
  }
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : lose(`JSON has no ${pythonRepr(value)}`);
  if (value.kind === 'unknown') return lose(value.why, value.at);
  if (isKind(value, 'dict')) {
    const entries = Array.from(value.entries.values(), (entry): [string, JsonValue] => {
      const key = keyText(entry.key);
      const place = entry.at ?? at;
      if (key !== undefined) return [key, convert(entry.value, [...path, key], place, unknown)];
      return [pythonRepr(entry.key), lose(`JSON has no key like ${pythonRepr(entry.key)}`, place)];
    });
    return Object.fromEntries(entries);
  }
  if (value.kind === 'list' || value.kind === 'tuple' || value.kind === 'range')
    return value.items.map((item, index) => convert(item, [...path, String(index)], at, unknown));
  return lose(`JSON has no ${typeName(value)}`);
}

function keyText(key: PythonValue): string | undefined {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'object') return undefined;
  return typeof key === 'boolean' ? String(key) : pythonRepr(key);
}
