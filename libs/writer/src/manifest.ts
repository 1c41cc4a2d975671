import { closeSync, openSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import { errorCode, naming } from './fs-problem.ts';
import { readLines } from './lines.ts';
import { displayPath, isConfined, MANIFEST, STAGING } from './paths.ts';
import { writeAll } from './pieces.ts';

/** Path → SHA-256 of what was written there, in hex; two, separated by a space, where a crash leaves both possible. */
export type Recorded = Map<string, string>;
export type ManifestEntry = readonly [path: string, hash: string];

const HEAD = '{\n  "version": 1,\n  "files": {';
const TAIL = '\n  }\n}\n';
const ENTRY = /^ {4}("(?:[^"\\]|\\.)*"): "([0-9a-f]{64})",?$/;
/** Characters that are written in one go. */
const BLOCK = 1 << 16;
const UNFINISHED = /^manifest-(\d+)$/;

/**
 * Reads a folder's manifest as `ManifestWriter` lays it out; empty when there is none. An entry that could name
 * something outside the output folder makes it corrupt, so nothing is ever done to such a path.
 *
 * @param salvage takes what can be read of a corrupt one instead of stopping
 * @throws ConfigError `corrupt-manifest`
 */
export function readManifest(out: string, experiment: string, salvage: boolean): Recorded {
  const path = join(out, experiment, MANIFEST);
  const recorded: Recorded = new Map();
  naming('read', path, () => {
    try {
      const frame = readEntries(path, experiment, (entry, hash) => recorded.set(entry, hash));
      if (frame !== HEAD + TAIL && !salvage) throw corrupt(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  });
  return recorded;
}

/**
 * Adds what crashed writers had begun to record: at such a path the old text or the new may lie, and both are Mixlab's.
 *
 * @returns whether there was any
 */
export function recoverManifests(out: string, experiment: string, recorded: Recorded): boolean {
  const staging = join(out, experiment, STAGING);
  const unfinished = unfinishedManifests(staging);
  for (const name of unfinished) {
    naming('read', join(staging, name), () =>
      readEntries(join(staging, name), experiment, (entry, hash) => {
        const known = recorded.get(entry);
        if (!known?.includes(hash)) recorded.set(entry, known === undefined ? hash : `${known} ${hash}`);
      }),
    );
  }
  return unfinished.length > 0;
}

/** The manifest that is coming to be, in the staging folder: complete for what is in place, at any moment. */
export class ManifestWriter {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: number;
  #separator = '\n';

  /** Beside those of crashed writers, which stay until this one is done. */
  constructor(folder: string) {
    const staging = join(folder, STAGING);
    const numbers = unfinishedManifests(staging).map((name) => Number(UNFINISHED.exec(name)?.[1]));
    this.#folder = folder;
    this.#path = join(staging, `manifest-${Math.max(0, ...numbers) + 1}`);
    this.#file = openSync(this.#path, 'wx');
    this.#write(HEAD);
  }

  append(entries: Iterable<ManifestEntry>): void {
    let text = '';
    for (const [path, hash] of entries) {
      text += `${this.#separator}    ${JSON.stringify(path)}: "${hash}"`;
      this.#separator = ',\n';
      if (text.length < BLOCK) continue;
      this.#write(text);
      text = '';
    }
    this.#write(text);
  }

  /** Makes it the folder's manifest. */
  finish(): void {
    this.#write(TAIL);
    naming('write', join(this.#folder, MANIFEST), () => renameSync(this.#path, join(this.#folder, MANIFEST)));
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(text: string): void {
    naming('write', this.#path, () => writeAll(this.#file, Buffer.from(text)));
  }
}

/** Hands on each sound entry of a manifest, finished or not; returns the rest of its text. */
function readEntries(path: string, experiment: string, use: (entry: string, hash: string) => void): string {
  const rest: string[] = [];
  for (const line of readLines(path)) {
    const [, quoted, hash] = ENTRY.exec(line) ?? [];
    const entry = quoted === undefined ? undefined : parsePath(quoted, experiment);
    if (entry !== undefined && hash !== undefined) use(entry, hash);
    else rest.push(line);
  }
  return rest.join('\n');
}

function parsePath(quoted: string, experiment: string): string | undefined {
  try {
    const path = JSON.parse(quoted) as string;
    return isConfined(path, experiment) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a file of the staging area is a manifest that a writer did not finish. */
export function isUnfinishedManifest(name: string): boolean {
  return UNFINISHED.test(name);
}

function unfinishedManifests(staging: string): string[] {
  try {
    return readdirSync(staging).filter(isUnfinishedManifest);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function corrupt(path: string): ConfigError {
  return new ConfigError([
    {
      code: 'corrupt-manifest',
      message:
        `${displayPath(path)} is not as Mixlab wrote it, so it cannot tell which files are Mixlab's; ` +
        'nothing was touched. --force writes it anew, and overwrites what lies where generated files go',
    },
  ]);
}
