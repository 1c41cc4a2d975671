import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import { naming } from './fs-problem.ts';
import { readManifest, recoverManifests } from './manifest.ts';
import { ancestors, displayPath, isElsewhere, MANIFEST, STAGING } from './paths.ts';

export type ForeignKind = 'file' | 'folder' | 'link' | 'special';

/** SHA-256 of what lies there and of what was written there, in hex. */
export interface ChangedFile {
  readonly onDisk: string;
  readonly recorded: string;
}

/** What lies in an experiment's folder, against what the writer put there. Paths are relative to it. */
export interface FolderState {
  /** The recorded files that lie there, intact or changed. */
  readonly present: ReadonlySet<string>;
  /** Files as they were written: path → SHA-256. */
  readonly intact: Map<string, string>;
  /** Files that somebody changed since they were written. */
  readonly changed: Map<string, ChangedFile>;
  /** Everything else in the folder, links and folders that hold nothing of ours included. Links are not followed. */
  readonly foreign: Map<string, ForeignKind>;
  /** Whether the manifest on disk says something else than `intact`: files are gone, or a writer crashed. */
  readonly manifestIsStale: boolean;
}

/** @throws ConfigError when the manifest is corrupt (unless `salvage`) or the folder cannot be read */
export function readFolderState(out: string, experiment: string, salvage: boolean): FolderState {
  const folder = join(out, experiment);
  refuseLinks(out, experiment);
  const recorded = readManifest(out, experiment, salvage);
  const recovered = recoverManifests(out, experiment, recorded);
  const ourFolders = new Set<string>();
  for (const path of recorded.keys()) for (const above of ancestors(path)) ourFolders.add(above);
  const size = recorded.size;
  const findings: Findings = { present: new Set(), intact: recorded, changed: new Map(), foreign: new Map() };
  walk(folder, '', ourFolders, findings);
  for (const path of recorded.keys()) if (isElsewhere(path)) lookElsewhere(folder, path, findings);
  const someAreGone = findings.present.size < size;
  if (someAreGone) for (const path of recorded.keys()) if (!findings.present.has(path)) recorded.delete(path);
  return { ...findings, manifestIsStale: recovered || someAreGone };
}

/** SHA-256 of a file's bytes, in hex. */
export function hashFile(path: string): string {
  return naming('read', path, () => hash('sha256', readFileSync(path)));
}

interface Findings extends Omit<FolderState, 'manifestIsStale'> {
  readonly present: Set<string>;
}

/** Sorts out what lies in a folder; `intact` comes in as what is recorded. */
function walk(folder: string, below: string, ourFolders: ReadonlySet<string>, findings: Findings): void {
  const { intact, foreign } = findings;
  for (const entry of list(join(folder, below))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === MANIFEST || path === STAGING) continue;
    const recorded = intact.get(path);
    if (entry.isDirectory()) {
      if (!ourFolders.has(path)) foreign.set(path, 'folder');
      walk(folder, path, ourFolders, findings);
    } else if (recorded !== undefined && entry.isFile()) {
      compare(folder, path, recorded, findings);
    } else {
      foreign.set(path, kindOf(entry));
    }
  }
}

/** The same for one recorded file that does not lie in the experiment's folder. */
function lookElsewhere(folder: string, path: string, findings: Findings): void {
  const recorded = findings.intact.get(path);
  const isReachable = ancestors(path).every((above) => foreignKind(folder, above) === 'folder');
  if (recorded !== undefined && isReachable && foreignKind(folder, path) === 'file')
    compare(folder, path, recorded, findings);
}

function compare(
  folder: string,
  path: string,
  recorded: string,
  { present, intact, changed }: Findings,
): void {
  present.add(path);
  const onDisk = hashFile(join(folder, path));
  if (recorded.includes(onDisk)) {
    intact.set(path, onDisk);
  } else {
    intact.delete(path);
    changed.set(path, { onDisk, recorded: recorded.slice(0, onDisk.length) });
  }
}

/** What lies at a path; undefined where nothing does. */
export function foreignKind(folder: string, path: string): ForeignKind | undefined {
  const full = join(folder, path);
  const found = naming('read', full, () => lstatSync(full, { throwIfNoEntry: false }));
  return found && kindOf(found);
}

function kindOf(found: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): ForeignKind {
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'special';
}

function list(directory: string) {
  return naming('read', directory, () => {
    const found = lstatSync(directory, { throwIfNoEntry: false });
    return found === undefined ? [] : readdirSync(directory, { withFileTypes: true });
  });
}

/** Below the output folder, what is written must lie where its path says, so no link may lead out of it. */
function refuseLinks(out: string, experiment: string): void {
  for (const path of [
    ...ancestors(experiment),
    experiment,
    `${experiment}/${STAGING}`,
    `${experiment}/${MANIFEST}`,
  ]) {
    const full = join(out, path);
    const found = naming('read', full, () => lstatSync(full, { throwIfNoEntry: false }));
    if (found === undefined) continue;
    const wanted = path.endsWith(`/${MANIFEST}`) ? found.isFile() : found.isDirectory();
    if (wanted) continue;
    const what = found.isSymbolicLink() ? 'a symbolic link' : found.isDirectory() ? 'a folder' : 'a file';
    throw new ConfigError([
      {
        code: 'in-the-way',
        message: `${displayPath(full)} is ${what}; nothing is written through it. Move it away`,
      },
    ]);
  }
}
