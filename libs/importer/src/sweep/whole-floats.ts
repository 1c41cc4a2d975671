import { pythonStr } from '../python-text.ts';
import { isKind, settled } from '../python-value.ts';
import type { PythonValue } from '../python-value.ts';

/** Where a config has floats that are whole numbers, as JSON pointers: TypeScript has but one kind of number. */
export function wholeFloats(given: PythonValue, above = ''): string[] {
  const value = settled(given);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? [above] : [];
  if (isKind(value, 'dict')) {
    return [...value.entries.values()].flatMap(({ key, value: inner }) => {
      const name = pythonStr(key).replaceAll('~', '~0').replaceAll('/', '~1');
      return wholeFloats(inner, `${above}/${name}`);
    });
  }
  if (isKind(value, 'list') || isKind(value, 'tuple'))
    return value.items.flatMap((item, index) => wholeFloats(item, `${above}/${index}`));
  return [];
}
