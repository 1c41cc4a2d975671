import { rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import type { RenderedFile } from '@mixlab/contracts';
import type { Wanted } from './conflicts.ts';
import type { FolderState } from './folder-state.ts';
import { errorCode, naming } from './fs-problem.ts';
import type { ManifestEntry } from './manifest.ts';
import { isConfined, isElsewhere, MANIFEST } from './paths.ts';
import { hashText, joinShort } from './pieces.ts';
import { clearStaging, Staging } from './staging.ts';

/** What becomes of a file; `kept` is one of a run that the plan holds and this generation leaves out. */
export type Action = 'written' | 'unchanged' | 'removed' | 'kept';

export type Report = (path: string, action: Action) => void;

/** Tells what {@link writeFolder} would do, and touches nothing. */
export function compareFolder(wanted: Wanted, state: FolderState, report: Report): void {
  const unrendered = new Set(state.present);
  for (const file of wanted.files()) {
    const { path } = file;
    unrendered.delete(path);
    report(path, hashText(file.bytes?.() ?? file.text) === hashOnDisk(state, path) ? 'unchanged' : 'written');
  }
  findOrphans(unrendered, wanted, report);
}

/** Brings an experiment's folder, in which nothing is in conflict, to what is wanted. */
export function writeFolder(folder: string, wanted: Wanted, state: FolderState, report: Report): void {
  clearStaging(folder, false);
  const unrendered = new Set(state.present);
  const staging = new Staging(folder);
  // What is staged into an empty folder is recorded as it comes: nothing has to be held.
  const rendered = state.present.size > 0 ? new Map<string, string>() : undefined;
  try {
    for (const file of wanted.files()) {
      if (!mayWrite(file.path, wanted)) throw outside(folder, file.path);
      unrendered.delete(file.path);
      const { action, hash } = stageFile(file, state, staging);
      rendered?.set(file.path, hash);
      report(file.path, action);
    }
    staging.flush();
    const orphans = findOrphans(unrendered, wanted, report);
    for (const path of orphans) removeFile(folder, path);
    if (!staging.isEmpty || orphans.size > 0 || state.manifestIsStale) {
      staging.finish(rendered && entriesInOrder(wanted, rendered, unrendered, state));
    }
  } catch (error) {
    giveUp(staging);
    throw error;
  }
  staging.close(true);
}

function stageFile(
  file: RenderedFile,
  state: FolderState,
  staging: Staging,
): { readonly action: Action; readonly hash: string } {
  const { path, executable = false } = file;
  const current = hashOnDisk(state, path);
  const held = file.bytes?.() ?? (typeof file.text === 'string' ? file.text : joinShort(file.text));
  let next: string;
  if (typeof held === 'string' || held instanceof Uint8Array) {
    next = hashText(held);
    if (next !== current) staging.add(path, next, held, executable);
  } else {
    next = staging.addBlocks(path, held, executable, current);
  }
  if (next === current && state.changed.has(path)) staging.adopt(path, next);
  return { action: next === current ? 'unchanged' : 'written', hash: next };
}

/** The whole manifest, in the order of the plan whatever was there before: what was rendered, and what stays beside it. */
function* entriesInOrder(
  { planned }: Wanted,
  rendered: ReadonlyMap<string, string>,
  unrendered: ReadonlySet<string>,
  { intact, changed }: FolderState,
): Generator<ManifestEntry> {
  for (const path of new Set([...(planned?.() ?? []), ...rendered.keys()])) {
    const staying = unrendered.has(path) ? (intact.get(path) ?? changed.get(path)?.recorded) : undefined;
    const hash = rendered.get(path) ?? staying;
    if (hash !== undefined) yield [path, hash];
  }
}

/** Of the files that were written earlier and not rendered now, those that are of no run of the whole plan. */
function findOrphans(unrendered: ReadonlySet<string>, wanted: Wanted, report: Report): ReadonlySet<string> {
  const orphans = new Set(unrendered);
  if (orphans.size > 0) for (const path of wanted.planned?.() ?? []) orphans.delete(path);
  for (const path of unrendered) report(path, orphans.has(path) ? 'removed' : 'kept');
  return orphans;
}

function hashOnDisk(state: FolderState, path: string): string | undefined {
  return state.intact.get(path) ?? state.changed.get(path)?.onDisk;
}

/** Removes a file and the folders that it leaves empty. */
function removeFile(folder: string, path: string): void {
  naming('remove', join(folder, path), () => unlinkSync(join(folder, path)));
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    if (!removeIfEmpty(join(folder, above))) return;
  }
}

/** Removes what is left of an experiment in which nothing is generated any more. */
export function removeFolder(out: string, experiment: string): void {
  const manifest = join(out, experiment, MANIFEST);
  naming('remove', manifest, () => {
    try {
      unlinkSync(manifest);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  });
  for (let path = experiment; path !== '.'; path = dirname(path)) {
    if (!removeIfEmpty(join(out, path))) return;
  }
}

function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false;
  }
}

/** Keeps the unfinished manifest, by which the next writer knows what this one had in place, and frees the space of the rest. */
function giveUp(staging: Staging): void {
  try {
    staging.close(false);
  } catch {
    // The first error is the one to tell.
  }
}

function mayWrite(path: string, { experiment, elsewhere = false }: Wanted): boolean {
  return isConfined(path, experiment) && (elsewhere || !isElsewhere(path));
}

function outside(folder: string, path: string): ConfigError {
  return new ConfigError([
    {
      code: 'outside-folder',
      message: `${JSON.stringify(path)} is no place for a file of ${folder}; nothing is written there`,
    },
  ]);
}
