import type { SourceLocation } from '@mixlab/contracts/issue';

/**
 * Of what is written elsewhere `brought` is 1; `file` is told where it may not be that of the expression, with the place of the
 * name of the property that has this value.
 */
export type Position = readonly [
  line: number,
  column: number,
  brought?: number,
  file?: string,
  nameLine?: number,
  nameColumn?: number,
];

/** What follows the name of a property where the place of that name is recorded. */
const NAME = '\0name';

/** Where the parts of a value were written, by property name or index; `''` is the whole expression. */
const origins = new WeakMap<object, Map<string, SourceLocation>>();

/**
 * Remembers where `value` and its parts were written and returns it. The loader of authored files wraps every object
 * literal, array literal and call in it; what is not an object passes through. An earlier record of a part stays: the
 * innermost expression knows best where a value comes from.
 *
 * @param positions line and column, from 1, of each property, element or argument, and of the expression under `''`
 * @param parts instead of them, where something is spread: all of these in order
 */
export function at<T>(
  value: T,
  file: string,
  positions: Readonly<Record<string, Position>>,
  parts: readonly Part[] = [],
): T {
  if (isObject(value)) {
    const known = recordOf(value);
    const enter = (key: string, location: SourceLocation) => {
      if (!known.has(key)) known.set(key, Object.freeze(location));
    };
    for (const [key, location] of partLocations(file, parts)) enter(key, location);
    for (const [key, position] of Object.entries(positions))
      for (const [part, location] of locations(file, key, position)) enter(part, location);
  }
  return value;
}

/** A part of a literal or a call: a property, an element or argument, or what is spread there, `fields` or `items`. */
export type Part = { readonly at: Position } & (
  { readonly key?: string } | { readonly fields: unknown } | { readonly items: unknown }
);

/** The places of all parts; what is spread has the places that it has where it comes from. */
function partLocations(file: string, parts: readonly Part[]): Map<string, SourceLocation> {
  const found = new Map<string, SourceLocation>();
  let index = 0;
  for (const part of parts) {
    const here = located(file, part.at);
    if ('fields' in part) {
      for (const [key, place] of placesIn(part.fields, here)) found.set(key, place);
    } else if ('items' in part) {
      // What can be gone through once has been: which index follows is not known.
      if (!Array.isArray(part.items)) break;
      for (const [, place] of placesIn(part.items, here)) found.set(String(index++), place);
    } else {
      for (const [key, place] of locations(file, part.key ?? String(index++), part.at)) found.set(key, place);
    }
  }
  return found;
}

/** The places of a part, of its name, too, where they differ. */
function locations(
  file: string,
  key: string,
  at: Position,
): (readonly [key: string, place: SourceLocation])[] {
  const [, , , , line, column] = at;
  const value = [key, located(file, at)] as const;
  return line === undefined || column === undefined ? [value] : [value, [key + NAME, { file, line, column }]];
}

function located(file: string, [line, column, brought, other]: Position): SourceLocation {
  return { file: other ?? file, line, column, ...(brought ? { brought: true } : {}) };
}

function placesIn(value: unknown, here: SourceLocation): (readonly [key: string, place: SourceLocation])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const named = nameOriginOf(value, key);
    const place = originOf(value, key) ?? originOf(inner) ?? { ...here, brought: true };
    return [[key, place] as const, ...(named ? [[key + NAME, named] as const] : [])];
  });
}

/** Where a value, or its property or element `key`, was written; undefined when nobody recorded it. */
export function originOf(value: unknown, key: string | number = ''): SourceLocation | undefined {
  return isObject(value) ? origins.get(value)?.get(String(key)) : undefined;
}

/** Where the name of a property was written, if its value was written elsewhere. */
export function nameOriginOf(value: unknown, key: string): SourceLocation | undefined {
  return originOf(value, key + NAME);
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

let lastThrown: { readonly value: unknown; readonly location: SourceLocation } | undefined;

/** Remembers where `value` is thrown, and returns it: what is no error has no stack. */
export function thrown<T>(value: T, file: string, position: Position): T {
  lastThrown = { value, location: located(file, position) };
  return value;
}

/** Where `value` was thrown, if nothing else has been since. */
export function placeThrown(value: unknown): SourceLocation | undefined {
  return lastThrown && Object.is(lastThrown.value, value) ? lastThrown.location : undefined;
}

function recordOf(value: object): Map<string, SourceLocation> {
  let known = origins.get(value);
  if (!known) origins.set(value, (known = new Map()));
  return known;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
