import { truthy } from './operators.ts';
import { holdsPlaceholder, placeholderOf } from './placeholders.ts';
import { PythonError } from './python-error.ts';
import { pythonRepr } from './python-text.ts';
import type { DictEntry, PythonDict, PythonValue, Unknown } from './python-value.ts';
import {
  isKind,
  isUnknown,
  keyOf,
  pyDict,
  pyList,
  pyTuple,
  setEntry,
  typeName,
  settled,
} from './python-value.ts';

const DELETE = keyOf('_delete_');

/** What several bases give together. @throws PythonError where two have one key */
export function joinBases(bases: readonly PythonDict[]): PythonDict {
  const joined = pyDict();
  for (const base of bases) {
    const doubles = [...base.entries.values()].filter(({ key }) => joined.entries.has(keyOf(key)));
    if (doubles.length > 0) {
      const keys = doubles.map(({ key }) => pythonRepr(key)).join(', ');
      throw new PythonError('KeyError', `two bases have the same key: ${keys}`);
    }
    for (const entry of base.entries.values()) setEntry(joined, entry);
  }
  return joined;
}

/** `child` over `base`, as mmcv lays one config over another: dicts key by key, anything else whole. */
export function merge(child: PythonDict, base: PythonDict): PythonDict {
  const merged = pyDict(base.entries.values());
  for (const entry of child.entries.values())
    setEntry(merged, { ...entry, value: mergedValue(entry, merged) });
  return merged;
}

function mergedValue(entry: DictEntry, base: PythonDict): PythonValue {
  const value = settled(entry.value);
  const id = keyOf(entry.key);
  const known = base.entries.get(id);
  // A `_delete_` that deletes nothing stays in the config, as with mmcv.
  if (!isKind(value, 'dict') || !known) return value;
  const given = value.entries.get(DELETE)?.value ?? false;
  const rest = pyDict([...value.entries.values()].filter(({ key }) => keyOf(key) !== DELETE));
  if (isUnknown(given)) return given;
  if (truthy(given)) return rest;
  const below = settled(known.value);
  if (isUnknown(below)) return below;
  if (isKind(below, 'dict')) return merge(rest, below);
  const name = pythonRepr(entry.key);
  throw located(
    new PythonError(
      'TypeError',
      `${name} is a dict here and a ${typeName(below)} in the base: \`_delete_=True\` replaces it`,
    ),
    entry,
  );
}

function located(error: PythonError, { at }: DictEntry): PythonError {
  if (at) error.at = at;
  return error;
}

/** A value with what each `{{ _base_.x }}` in it stands for; `lost` says what becomes of one inside a longer string. */
export function fillPlaceholders(
  value: PythonValue,
  bases: PythonDict,
  lost: (entry: DictEntry | undefined) => Unknown,
  entry?: DictEntry,
): PythonValue {
  const inner = (item: PythonValue) => fillPlaceholders(item, bases, lost, entry);
  if (typeof value === 'string') {
    const path = placeholderOf(value);
    if (path === undefined) return holdsPlaceholder(value) ? lost(entry) : value;
    return valueAt(path, bases, entry);
  }
  const known = settled(value);
  if (isKind(known, 'dict'))
    return pyDict(
      Array.from(known.entries.values(), (part) => ({
        ...part,
        value: fillPlaceholders(part.value, bases, lost, part),
      })),
    );
  if (isKind(known, 'list')) return pyList(known.items.map(inner));
  return isKind(known, 'tuple') ? pyTuple(known.items.map(inner)) : known;
}

function valueAt(path: string, bases: PythonDict, entry: DictEntry | undefined): PythonValue {
  let value: PythonValue = bases;
  for (const part of path.split('.')) {
    if (isUnknown(value)) return value;
    const found: DictEntry | undefined = isKind(value, 'dict') ? value.entries.get(keyOf(part)) : undefined;
    if (!found) {
      const error = new PythonError('KeyError', `no base has \`${path}\`: '${part}' is missing`);
      throw entry ? located(error, entry) : error;
    }
    value = settled(found.value);
  }
  return value;
}
