import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fsProblem, naming } from './fs-problem.ts';
import { isUnfinishedManifest, ManifestWriter, type ManifestEntry } from './manifest.ts';
import { folderOf, STAGING } from './paths.ts';
import { writeAll, writeBytes } from './pieces.ts';

/** Files recorded and put into place at a time: enough that recording costs nothing, few enough to hold. */
const BATCH = 256;

// With the encoding told, Node writes a text in one call; left to its default, in three.
const PLAIN = { encoding: 'utf8', mode: 0o666 } as const;
const EXECUTABLE = { encoding: 'utf8', mode: 0o777 } as const;

/** A file or a folder in the staging area, and the path that it is for. */
interface Waiting {
  readonly from: string;
  readonly path: string;
}

/**
 * The way of new text into a folder: into a file in `.writing/`, its path and hash into the manifest that is coming to be
 * there, then renamed into place. Files for a folder that does not exist yet wait together and take their place in one
 * rename. What a crash leaves in `.writing/`, the next writer of the folder reads and clears.
 */
export class Staging {
  readonly #folder: string;
  readonly #area: string;
  /** By path: where the files of a new folder wait, null for a folder that is there. */
  readonly #folders = new Map<string, string | null>([['', null]]);
  #manifest: ManifestWriter | undefined;
  #files: Waiting[] = [];
  #unrecorded: ManifestEntry[] = [];
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#area = join(folder, STAGING);
  }

  /** Writes a text, to be in place after the next `flush` at the latest. */
  add(path: string, hash: string, text: string | Uint8Array, executable: boolean): void {
    const parent = folderOf(path);
    const temporary = this.#temporaryFor(path, parent);
    try {
      const options = executable ? EXECUTABLE : PLAIN;
      if (typeof text === 'string') writeFileSync(temporary, text, options);
      else writeBytes(temporary, text, options.mode);
    } catch (error) {
      throw fsProblem(error, 'write', join(this.#folder, path));
    }
    this.#put(temporary, path, parent, hash);
  }

  /**
   * The same for a text that is too large to hold.
   *
   * @param current the hash of what lies there now: an equal text is dropped
   * @returns the text's hash
   */
  addBlocks(
    path: string,
    blocks: Iterable<Uint8Array>,
    executable: boolean,
    current: string | undefined,
  ): string {
    const parent = folderOf(path);
    const temporary = this.#temporaryFor(path, parent);
    const digest = createHash('sha256');
    naming('write', join(this.#folder, path), () => {
      const file = openSync(temporary, 'w', (executable ? EXECUTABLE : PLAIN).mode);
      try {
        for (const block of blocks) {
          digest.update(block);
          writeAll(file, block);
        }
      } finally {
        closeSync(file);
      }
    });
    const hash = digest.digest('hex');
    if (hash === current) unlinkSync(temporary);
    else this.#put(temporary, path, parent, hash);
    return hash;
  }

  /** Takes a file that lies there already, right as it is, into the record. */
  adopt(path: string, hash: string): void {
    this.#unrecorded.push([path, hash]);
  }

  /** Records everything staged and renames it into place: new folders, then files in the order in which they came. */
  flush(): void {
    this.#recordAll();
    const folders = [...this.#folders].sort(([a], [b]) => a.length - b.length);
    for (const [path, from] of folders) {
      if (from === null) continue;
      this.#place({ from, path });
      this.#folders.set(path, null);
    }
    for (const waiting of this.#files) this.#place(waiting);
    this.#files = [];
  }

  /**
   * Makes the new manifest the folder's; whatever was staged is in place.
   *
   * @param whole all that belongs into it, where that is more, or in another order, than what was staged
   */
  finish(whole: Iterable<ManifestEntry> | undefined): void {
    if (whole || !this.#manifest) {
      const staged = this.#manifest;
      this.#manifest = this.#startManifest();
      staged?.close();
    }
    this.#manifest.append(whole ?? []);
    this.#manifest.finish();
  }

  /** Whether nothing was staged or adopted. */
  get isEmpty(): boolean {
    return this.#manifest === undefined && this.#unrecorded.length === 0;
  }

  /** @param finished whether the folder's manifest says everything, so that no other record needs to be kept */
  close(finished: boolean): void {
    this.#manifest?.close();
    clearStaging(this.#folder, finished);
  }

  #temporaryFor(path: string, parent: string): string {
    let waiting = this.#folders.get(parent);
    if (waiting === undefined) {
      const isThere = existsSync(join(this.#folder, parent));
      waiting = isThere ? null : join(this.#area, String(this.#count++));
      this.#folders.set(parent, waiting);
      this.#makeFolder(waiting ?? this.#area);
    } else if (this.#count === 0) {
      this.#makeFolder(this.#area);
    }
    if (waiting === null) return `${this.#area}/${this.#count++}`;
    return `${waiting}/${path.slice(parent.length + 1)}`;
  }

  #makeFolder(path: string): void {
    naming('write', this.#folder, () => mkdirSync(path, { recursive: true }));
  }

  #put(temporary: string, path: string, parent: string, hash: string): void {
    this.#unrecorded.push([path, hash]);
    if (this.#folders.get(parent) === null) this.#files.push({ from: temporary, path });
    if (this.#files.length >= BATCH) this.flush();
    else if (this.#unrecorded.length >= BATCH) this.#recordAll();
  }

  #recordAll(): void {
    if (this.#unrecorded.length === 0) return;
    this.#manifest ??= this.#startManifest();
    this.#manifest.append(this.#unrecorded);
    this.#unrecorded = [];
  }

  #startManifest(): ManifestWriter {
    this.#makeFolder(this.#area);
    return naming('write', this.#area, () => new ManifestWriter(this.#folder));
  }

  #place({ from, path }: Waiting): void {
    const target = join(this.#folder, path);
    naming('write', target, () => {
      mkdirSync(dirname(target), { recursive: true });
      renameSync(from, target);
    });
  }
}

/** Removes what waits in a folder's staging area and, with `all`, the unfinished manifests and the area too. */
export function clearStaging(folder: string, all: boolean): void {
  const area = join(folder, STAGING);
  if (!existsSync(area)) return;
  naming('remove', area, () => {
    for (const name of readdirSync(area)) {
      if (all || !isUnfinishedManifest(name)) rmSync(join(area, name), { recursive: true });
    }
    if (all) rmdirSync(area);
  });
}
