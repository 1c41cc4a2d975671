import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Piece } from '@mixlab/contracts';

/** Enough that neither hashing nor writing costs much for each block, few enough to hold. */
const BLOCK = 1 << 18;
const FIRST_SIZE = 1 << 14;
/** That UTF-8 takes for one unit of a string. */
const MOST_BYTES = 3;

/**
 * The UTF-8 of a text in pieces, as one block or as several of `BLOCK` bytes and a rest. The bytes are good until the next
 * block is asked for.
 */
function* blocksOf(pieces: Iterable<Piece>): Generator<Uint8Array, void, undefined> {
  const block = new Block();
  for (const piece of pieces) {
    block.put(piece);
    if (block.length >= BLOCK) yield block.take();
  }
  yield block.take();
}

/** Memory that is filled with pieces, and used again. */
class Block {
  length = 0;
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);

  put(piece: Piece): void {
    const isText = typeof piece === 'string';
    const most = this.length + (isText ? MOST_BYTES : 1) * piece.length;
    if (most > this.#bytes.length) this.#grow(2 * most);
    if (isText) {
      this.length += this.#bytes.write(piece, this.length);
    } else {
      this.#bytes.set(piece, this.length);
      this.length += piece.length;
    }
  }

  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(size);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** A text in pieces as bytes: whole where it is short enough to hold, else block by block. */
export function joinShort(text: Iterable<Piece>): Uint8Array | Iterable<Uint8Array> {
  const blocks = blocksOf(text);
  const first = blocks.next().value as Uint8Array;
  return first.length < BLOCK ? first : chain(first, blocks);
}

function* chain(first: Uint8Array, rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield first;
  yield* rest;
}

/** SHA-256 of a text's UTF-8, in hex. */
export function hashText(text: string | Uint8Array | Iterable<Piece>): string {
  if (typeof text === 'string' || text instanceof Uint8Array) return hash('sha256', text);
  const digest = createHash('sha256');
  for (const block of blocksOf(text)) digest.update(block);
  return digest.digest('hex');
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

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
