import type { JsonValue } from '@mixlab/contracts';
import { isArray, isObject } from './json-schema.ts';
import { joinPath } from './node-value.ts';
import type { DefaultOf, Setting } from './origin.ts';

/** How one value of a run config came about. */
export interface Explanation {
  readonly path: string;
  readonly value: JsonValue;
  /**
   * What was laid over each other there, the newest first. Where there is nothing, or the newest took the value away, the
   * default counts.
   */
  readonly settings: readonly Setting[];
  /** What lies under all of them; absent where the schema does not know the field. */
  readonly default?: DefaultOf;
}

/** Every value of a config with its path: of objects, and of lists of objects, what is in them. */
export function* leavesOf(value: JsonValue, path = ''): Generator<readonly [path: string, value: JsonValue]> {
  const isSplit = isObject(value) || (isArray(value) && value.some((item) => typeof item === 'object'));
  const entries = isSplit ? Object.entries(value as object) : [];
  if (entries.length === 0) yield [path, value];
  for (const [key, inner] of entries) yield* leavesOf(inner as JsonValue, joinPath(path, key));
}
