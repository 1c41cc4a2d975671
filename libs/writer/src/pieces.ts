import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const BLOCK = 1 << 16;
/** That UTF-8 takes for one unit of a string. */
const MOST_BYTES = 3;
const WORTH_HOLDING = 1 << 20;

/** A text in pieces, joined where it is short enough to hold (a million characters), else its pieces again. */
export function joinShort(text: string | Iterable<string>): string | Iterable<string> {
  if (typeof text === 'string') return text;
  const pieces = text[Symbol.iterator]();
  const held: string[] = [];
  let length = 0;
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done) return held.join('');
    held.push(next.value);
    length += next.value.length;
    if (length > WORTH_HOLDING) return chain(held, pieces);
  }
}

function* chain(first: readonly string[], rest: Iterator<string>): Generator<string> {
  yield* first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

/** SHA-256 of a text's UTF-8, in hex. */
export function hashText(text: string | Uint8Array | Iterable<string>): string {
  if (typeof text === 'string' || text instanceof Uint8Array) return hash('sha256', text);
  const digest = createHash('sha256');
  for (const piece of text) digest.update(piece);
  return digest.digest('hex');
}

/** Writes pieces to an open file in blocks, so that a small piece costs no system call. */
export function writePieces(file: number, pieces: Iterable<string>, onBlock?: (bytes: Buffer) => void): void {
  let block: string[] = [];
  let length = 0;
  let room = Buffer.alloc(0);
  const flush = () => {
    // Joined, not added up: a string of a thousand parts is slow to put together.
    const text = block.join('');
    const most = text.length * MOST_BYTES;
    if (room.length < most) room = Buffer.allocUnsafe(most);
    const bytes = room.subarray(0, room.write(text));
    writeAll(file, bytes);
    onBlock?.(bytes);
    block = [];
    length = 0;
  };
  for (const piece of pieces) {
    block.push(piece);
    length += piece.length;
    if (length >= BLOCK) flush();
  }
  flush();
}

/** `writeFileSync`, without what it does to find out what it was given. */
export function writeBytes(path: string, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, 'w', mode);
  try {
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
