import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigIssue, RenderedFile } from '@mixlab/contracts';
import { foreignKind, hashFile, type FolderState, type ForeignKind } from './folder-state.ts';
import { naming } from './fs-problem.ts';
import { ancestors, displayPath, isElsewhere } from './paths.ts';
import { hashText } from './pieces.ts';

/** What is to be in an experiment's folder. */
export interface Wanted {
  readonly experiment: string;
  readonly files: () => Iterable<RenderedFile>;
  readonly planned?: (() => Iterable<string>) | undefined;
  readonly elsewhere?: boolean | undefined;
  readonly damage?: ((path: string, text: string, file: string) => readonly ConfigIssue[]) | undefined;
}

/** Whether something could stand in the way: only then are the files looked at beforehand. */
export function maybeInConflict({ elsewhere }: Wanted, state: FolderState): boolean {
  return state.changed.size > 0 || state.foreign.size > 0 || elsewhere === true;
}

/**
 * Every path at which writing would destroy something that is not the writer's, before anything is written.
 * A file that already holds the very text is no conflict; it joins `state.changed`, as what lies on disk.
 *
 * @param force lets changed and foreign files be overwritten; a folder or a link on the way never is
 */
export function findConflicts(
  folder: string,
  wanted: Wanted,
  state: FolderState,
  force: boolean,
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const show = (path: string) => displayPath(join(folder, path));
  const orphans = new Set(state.changed.keys());
  const foldersSeen = new Set<string>();
  for (const file of wanted.files()) {
    orphans.delete(file.path);
    for (const above of ancestors(file.path)) {
      if (foldersSeen.has(above)) continue;
      foldersSeen.add(above);
      const what = fileInPlaceOfFolder(folder, above, state);
      if (what !== undefined) {
        issues.push({ code: 'in-the-way', message: `${show(above)} is ${what} where a folder is needed` });
      }
    }
    const foreign = foreignAt(folder, file.path, state);
    if (foreign === 'folder' || foreign === 'special') {
      issues.push({
        code: 'in-the-way',
        message: `${show(file.path)} is not a file, and a file is needed there`,
      });
    } else if (foreign === 'link') {
      if (!force)
        issues.push(refusal('foreign-file', show(file.path), 'is a symbolic link that Mixlab did not make'));
    } else if (foreign === 'file') {
      const onDisk = hashFile(join(folder, file.path));
      if (onDisk === hashText(file.text)) state.changed.set(file.path, { onDisk, recorded: onDisk });
      else if (!force) issues.push(refusal('foreign-file', show(file.path), 'was not written by Mixlab'));
    } else if (
      !force &&
      state.changed.has(file.path) &&
      state.changed.get(file.path)?.onDisk !== hashText(file.text)
    ) {
      const text = naming('read', join(folder, file.path), () =>
        readFileSync(join(folder, file.path), 'utf8'),
      );
      const damage = wanted.damage?.(file.path, text, show(file.path)) ?? [];
      if (damage.length > 0) issues.push(...damage);
      else issues.push(refusal('changed-by-hand', show(file.path), 'was changed after Mixlab wrote it'));
    }
  }
  if (orphans.size > 0 && !force) {
    for (const path of wanted.planned?.() ?? []) orphans.delete(path);
    for (const path of orphans) {
      issues.push({
        code: 'changed-by-hand',
        message: `${show(path)} belongs to no run any more, but was changed after Mixlab wrote it; --force removes it`,
      });
    }
  }
  return issues;
}

/** What lies at a path and is not recorded. */
function foreignAt(folder: string, path: string, state: FolderState): ForeignKind | undefined {
  if (!isElsewhere(path)) return state.foreign.get(path);
  return state.present.has(path) ? undefined : foreignKind(folder, path);
}

function fileInPlaceOfFolder(folder: string, path: string, state: FolderState): string | undefined {
  const foreign = foreignAt(folder, path, state);
  if (foreign === 'link') return 'a symbolic link';
  return foreign === 'file' || foreign === 'special' || state.changed.has(path) ? 'a file' : undefined;
}

function refusal(code: string, path: string, what: string): ConfigIssue {
  return { code, message: `${path} ${what}; --force overwrites it` };
}
