import type { JsonValue } from '@mixlab/contracts';

/**
 * `JSON.stringify(value, null, 2)` that remembers the text of each frozen object inside `value`. The run configs of a plan
 * share most of their parts, so that little is printed anew from one to the next.
 */
export function indentedJson(): (value: JsonValue) => string {
  /** By depth, since the same object is indented otherwise elsewhere. */
  const known: WeakMap<object, string>[] = [];
  const keys = new Map<string, string>();

  function print(value: JsonValue, depth: number): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (depth === 0 || !Object.isFrozen(value)) return printInside(value, depth);
    const texts = (known[depth] ??= new WeakMap<object, string>());
    let text = texts.get(value);
    if (text === undefined) {
      text = printInside(value, depth);
      texts.set(value, text);
    }
    return text;
  }

  function printInside(value: Exclude<JsonValue, string | number | boolean | null>, depth: number): string {
    const isArray = Array.isArray(value);
    const parts: string[] = [];
    if (isArray) {
      for (const element of value) parts.push(print(element, depth + 1));
    } else {
      for (const [key, field] of Object.entries(value)) {
        if (field !== undefined) parts.push(printKey(key) + print(field, depth + 1));
      }
    }
    const [open, close] = isArray ? ['[', ']'] : ['{', '}'];
    if (parts.length === 0) return open + close;
    const line = `\n${'  '.repeat(depth)}`;
    // Joined, not added up: a string of many parts would be put together again each time it is used.
    return `${open}${line}  ${parts.join(`,${line}  `)}${line}${close}`;
  }

  function printKey(key: string): string {
    let text = keys.get(key);
    if (text === undefined) {
      text = `${JSON.stringify(key)}: `;
      keys.set(key, text);
    }
    return text;
  }

  return (value) => print(value, 0);
}
