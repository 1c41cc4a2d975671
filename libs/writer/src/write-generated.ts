import { join } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, RenderedFile } from '@mixlab/contracts';
import { findConflicts, maybeInConflict } from './conflicts.ts';
import { readFolderState, type FolderState } from './folder-state.ts';
import { lockFolder } from './lock.ts';
import { displayPath, isConfined } from './paths.ts';
import { compareFolder, removeFolder, writeFolder, type Action } from './write-folder.ts';

/** What one experiment's folder is to hold. */
export interface ExperimentFiles {
  /** Its name, which is its folder below the output folder, with forward slashes. */
  readonly experiment: string;
  /**
   * The files, rendered as they are asked for, in the order in which they are to be in place: `plan.json` last.
   * Called once; twice where something in the folder is not as it was written, and a conflict has to be ruled out first.
   */
  readonly files: () => Iterable<RenderedFile>;
  /** Whether some files lie elsewhere below the output folder, among files that are not this experiment's. */
  readonly elsewhere?: boolean;
  /**
   * Paths of the whole plan, for a selection that renders a part of it: what was written there earlier stays.
   * Asked for only where something would be removed without it.
   */
  readonly planned?: () => Iterable<string>;
  /**
   * What is wrong with the text of a file that is not as it was written: nothing where it may be what somebody meant.
   * Messages call it `file`, and say that `--force` writes it anew.
   */
  readonly damage?: (path: string, text: string, file: string) => readonly ConfigIssue[];
}

export interface WriteOptions {
  /** The output folder; made where it is missing. One writer at a time. */
  readonly out: string;
  /** Overwrites and removes what was changed by hand, overwrites foreign files, and replaces a corrupt manifest. */
  readonly force?: boolean;
  /** Says what would be done, conflicts included, and writes nothing. */
  readonly dryRun?: boolean;
  /** How long to wait for another writer of this output folder, in milliseconds; 5000 unless told. */
  readonly waitMs?: number;
  /** Hears of each file as it is decided on. */
  readonly onChange?: (change: FileChange) => void;
}

export interface FileChange {
  readonly experiment: string;
  /** Relative to the experiment's folder. */
  readonly path: string;
  readonly action: Action;
}

/** How many files of an experiment met with which {@link Action}. */
export interface WriteSummary extends Readonly<Record<Action, number>> {
  readonly experiment: string;
}

/**
 * The one writer of generated files. For each experiment's folder:
 *
 * - `.manifest.json` maps each path to the SHA-256 of what was written there. A file that is not as recorded was changed
 *   by hand, a file that is not recorded is foreign: both are left alone, and where they stand in the way, they stop
 *   everything before anything is written. A file that already holds the very text is never in the way.
 * - A file whose text is the same is not touched. A recorded file that belongs to no run of the plan any more is removed,
 *   with the folders that it leaves empty. No symbolic link below the output folder is followed.
 * - Each text goes into a file in `.writing/` and is renamed into place, so that a file is whole at any moment, old or new.
 *   Before that, its path and hash stand in `.writing/manifest-1`, the new manifest as far as it has come; until it
 *   replaces the old one, the two count together, old ∪ new. So a crash leaves nothing that the next generation takes for
 *   a foreign file. Appending needs no list in memory, and nothing is rendered twice: a first generation takes the same
 *   memory for any number of files. A later one writes the whole manifest once more when all is in place, in the order of
 *   the plan, so that it does not tell what was there before.
 * - Nothing is synced to the disk. The promise is about a crash of the process; a machine's costs a generation.
 *
 * @returns a summary for each experiment, in order
 * @throws ConfigError with every conflict of all the experiments; one line that names the file where the disk is full or
 *   refuses; `locked` when another writer is not done in time; `corrupt-manifest`
 */
export async function writeGenerated(
  experiments: readonly ExperimentFiles[],
  options: WriteOptions,
): Promise<WriteSummary[]> {
  const { out, force = false, dryRun = false, waitMs = 5000, onChange } = options;
  for (const { experiment } of experiments) if (!isConfined(experiment)) throw outside(out, experiment);
  const unlock = dryRun ? () => {} : await lockFolder(out, waitMs);
  try {
    const states = experiments.map(({ experiment }) => readFolderState(out, experiment, force));
    refuseConflicts(experiments, states, out, force);
    return experiments.map((wanted, index) => {
      const { experiment } = wanted;
      const counts = { written: 0, unchanged: 0, removed: 0, kept: 0 };
      const report = (path: string, action: Action) => {
        counts[action] += 1;
        onChange?.({ experiment, path, action });
      };
      const state = states[index] as FolderState;
      if (dryRun) compareFolder(wanted, state, report);
      else writeFolder(join(out, experiment), wanted, state, report);
      const isEmpty = counts.written + counts.unchanged + counts.kept === 0;
      if (isEmpty && !dryRun) removeFolder(out, experiment);
      return { experiment, ...counts };
    });
  } finally {
    unlock();
  }
}

function refuseConflicts(
  experiments: readonly ExperimentFiles[],
  states: readonly FolderState[],
  out: string,
  force: boolean,
): void {
  const issues = experiments.flatMap((wanted, index) => {
    const state = states[index] as FolderState;
    return maybeInConflict(wanted, state)
      ? findConflicts(join(out, wanted.experiment), wanted, state, force)
      : [];
  });
  if (issues.length > 0) throw new ConfigError(issues);
}

function outside(out: string, experiment: string): ConfigError {
  return new ConfigError([
    {
      code: 'outside-folder',
      message: `${JSON.stringify(experiment)} is no folder below ${displayPath(out)}`,
    },
  ]);
}
