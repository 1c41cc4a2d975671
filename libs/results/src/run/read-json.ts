import { readFileSync } from 'node:fs';

/** What a JSON file holds, or why it cannot be used. */
export type JsonFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'value'; readonly value: unknown };

/** Never throws. */
export function readJson(path: string): JsonFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'absent' }
      : { kind: 'unusable', why: code ?? message };
  }
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    return { kind: 'unusable', why: text.trim() === '' ? 'empty' : 'not JSON' };
  }
}
