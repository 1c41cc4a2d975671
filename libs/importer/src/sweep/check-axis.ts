import { isReadInOpenMixup, unreadInOpenMixup } from '@mixlab/catalog/openmixup-unread';
import { nearestName } from '@mixlab/contracts';
import type { ConfigIssue, JsonObject, JsonValue } from '@mixlab/contracts';
import type { SweepAxis } from './script-sweep.ts';

/** What becomes of an axis in a base config. */
export interface CheckedAxis {
  /** Why it is no good as it stands. */
  readonly issue?: ConfigIssue;
  /** Whether the base config has no such field, and OpenMixup would add it. */
  readonly isNew: boolean;
}

/**
 * Looks for an axis in the base config. OpenMixup adds a last key that is not there, be it a parameter that has a default
 * or a slip of the pen: what is spelt nearly as a key beside it is taken for a slip.
 */
export function checkAxis(axis: Pick<SweepAxis, 'path' | 'at'>, base: JsonObject): CheckedAxis {
  const { path, at } = axis;
  const keys = path.split('.');
  const depth = keys.findIndex((_, index) => valueAt(base, keys.slice(0, index + 1)) === undefined);
  const isNew = depth === keys.length - 1;
  const instead = unreadInOpenMixup(base, path);
  if (instead) {
    const nearest = instead.length === 1 ? { nearest: instead[0] as string } : {};
    const several = instead.length > 1 ? { expected: `${instead.join(' and ')}, together` } : {};
    return {
      issue: {
        code: 'unread-path',
        message: 'OpenMixup reads nothing there',
        path,
        ...nearest,
        ...several,
        at,
      },
      isNew,
    };
  }
  if (depth < 0) return { isNew: false };
  const key = keys[depth] as string;
  const around = valueAt(base, keys.slice(0, depth));
  const siblings = typeof around === 'object' && around !== null ? Object.keys(around) : [];
  const nearest = nearestName(key, siblings);
  const isInList = keys.some((_, index) => Array.isArray(valueAt(base, keys.slice(0, index))));
  const isField = typeof around === 'object' && around !== null && !isInList;
  if (isNew && isField && nearest === undefined && (depth > 0 || isReadInOpenMixup(key))) return { isNew };
  const issue = {
    code: 'unknown-path',
    message:
      isNew && isField ? `the base config has no "${key}" there` : `there is no "${key}" in the base config`,
    path,
    ...(nearest ? { nearest: [...keys.slice(0, depth), nearest, ...keys.slice(depth + 1)].join('.') } : {}),
    at,
  };
  return { issue, isNew: isNew && isField };
}

export function valueAt(value: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  let inner = value;
  for (const key of keys) {
    const isThere = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
    inner = isThere ? (inner as JsonObject)[key] : undefined;
  }
  return inner;
}
