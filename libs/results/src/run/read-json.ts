import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { JsonValue } from '@mixlab/contracts';
import { stampOfOpen } from './stamp.ts';
import type { Stamp } from './stamp.ts';

/** What a JSON file holds, or why it cannot be used. */
export type JsonFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly why: string; readonly wasRead: boolean }
  | { readonly kind: 'value'; readonly value: JsonValue; readonly stamp: Stamp };

const buffer = Buffer.allocUnsafe(1 << 14);

/** Never throws. */
export function readJson(path: string): JsonFile {
  let text: string;
  let stamp: Stamp;
  try {
    const file = openSync(path, 'r');
    try {
      stamp = stampOfOpen(file);
      text =
        stamp.size < buffer.length
          ? buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0))
          : readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'absent' }
      : { kind: 'unusable', why: code ?? message, wasRead: false };
  }
  try {
    return { kind: 'value', value: JSON.parse(text) as JsonValue, stamp };
  } catch {
    return { kind: 'unusable', why: text.trim() === '' ? 'empty' : 'not JSON', wasRead: true };
  }
}
