import type { SourceLocation } from '@mixlab/contracts/issue';

export type Position = readonly [line: number, column: number];

/** Where the parts of a value were written, by property name or index; `''` is the whole expression. */
const origins = new WeakMap<object, Map<string, SourceLocation>>();

/**
 * Remembers where `value` and its parts were written and returns it. The loader of authored files wraps every object
 * literal, array literal and call in it; what is not an object passes through. An earlier record of a part stays: the
 * innermost expression knows best where a value comes from.
 *
 * @param positions line and column, from 1, of each property, element or argument, and of the expression under `''`
 */
export function at<T>(value: T, file: string, positions: Readonly<Record<string, Position>>): T {
  if (isObject(value)) {
    const known = recordOf(value);
    for (const [key, [line, column]] of Object.entries(positions)) {
      if (!known.has(key)) known.set(key, Object.freeze({ file, line, column }));
    }
  }
  return value;
}

/** Where a value, or its property or element `key`, was written; undefined when nobody recorded it. */
export function originOf(value: unknown, key: string | number = ''): SourceLocation | undefined {
  return isObject(value) ? origins.get(value)?.get(String(key)) : undefined;
}

/** Records that part `key` of `value` was written at `location`, unless its place is known. */
export function recordOrigin(
  value: object,
  key: string | number,
  location: SourceLocation | undefined,
): void {
  const known = recordOf(value);
  if (location && !known.has(String(key))) known.set(String(key), location);
}

/** Gives `to`, which is made from `from`, the places of the properties of `from`; returns `to`. */
export function carryOrigins<T extends object>(from: unknown, to: T): T {
  if (isObject(from)) {
    origins.get(from)?.forEach((location, key) => key !== '' && recordOrigin(to, key, location));
  }
  return to;
}

function recordOf(value: object): Map<string, SourceLocation> {
  let known = origins.get(value);
  if (!known) origins.set(value, (known = new Map()));
  return known;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
