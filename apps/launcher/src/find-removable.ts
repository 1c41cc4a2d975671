import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allFiles, checkpointFiles, isLink, lockFiles, lockHolder, temporaryFiles } from '@mixlab/launch';
import type { CheckpointChoice, LockHolder, RemovableFile } from '@mixlab/launch';
import { fateOf, processSchema, readTrialStatus } from '@mixlab/results';
import type { TrialState } from '@mixlab/results';

/** What of a run directory may go, unless somebody holds it. */
export interface Removable {
  /** Why: `failed`, `stale, of no run in the plan`. */
  readonly why: string;
  readonly files: readonly RemovableFile[];
  /** All of it, the directory included. */
  readonly whole: boolean;
  /** Whether it is more than what a training at work has, too. */
  readonly notable: boolean;
}

/** Looks what of a directory may go; a text says why nothing does although there is something. Reads only. */
export type Finder = (directory: string) => Removable | string | undefined;

/** What writers that were killed left, and checkpoints where a trial failed, was cancelled, or is `completed`. */
export function ofTrial(completed: CheckpointChoice): Finder {
  return (directory) => {
    const { state } = readTrialStatus(directory);
    const checkpoints = checkpointFiles(directory, choiceFor(state, completed));
    const files = [...checkpoints, ...temporaryFiles(directory), ...lockFiles(directory)];
    return { why: state, files, whole: false, notable: checkpoints.length > 0 };
  };
}

/** All of a directory that is of no run in its plan; of a completed run with its checkpoints only. */
export function ofStranger(completed: CheckpointChoice): Finder {
  return (directory) => {
    const { state, hash } = readTrialStatus(directory);
    if (hash === null) return undefined;
    const why = `${state}, of no run in the plan`;
    if (state === 'completed' && completed !== 'all') return `${why}; --checkpoints takes it, too`;
    return { why, files: [...allFiles(directory), ...lockFiles(directory)], whole: true, notable: true };
  };
}

/** All of a temporary run directory, that of a try of two steps whose process was killed. */
export function ofTry(directory: string): Removable {
  const files = [...allFiles(directory), ...lockFiles(directory)];
  return { why: 'left by a try that was killed', files, whole: true, notable: true };
}

/** Run directories of tries of two steps, among the temporary files of this machine, that somebody holds or held. */
export function heldTries(temporary: string): string[] {
  return readdirSync(temporary)
    .filter((name) => name.startsWith('mixlab-try-'))
    .map((name) => join(temporary, name))
    .filter((directory) => lockFiles(directory).length > 0);
}

/**
 * What a finder finds, or why it is left alone: a link leads there, or somebody holds it. Throws what the file system
 * throws.
 */
export function look(directory: string, find: Finder): Removable | string | undefined {
  const found = find(directory);
  if (found === undefined || typeof found === 'string') return found;
  if (found.files.length === 0) return undefined;
  const obstacle =
    isLink(directory) || isLink(dirname(directory)) ? 'a link leads there' : keeperOf(directory);
  if (obstacle === undefined) return found;
  return found.notable ? obstacle : undefined;
}

/** Whether a holder is certainly gone. */
export function isDead({ record }: LockHolder): boolean {
  const named = processSchema.safeParse(record);
  return named.success && fateOf(named.data) === 'dead';
}

export function heldBy({ record }: LockHolder): string {
  const named = processSchema.safeParse(record);
  if (!named.success) return 'its lock cannot be read';
  const { pid, host } = named.data;
  const unseen = fateOf(named.data) === 'elsewhere' ? ', which cannot be seen from here' : '';
  return `held by process ${pid} on ${host}${unseen}`;
}

function keeperOf(directory: string): string | undefined {
  const holder = lockHolder(directory);
  if (holder && !isDead(holder)) return heldBy(holder);
  return readTrialStatus(directory).state === 'running' ? 'a training runs there' : undefined;
}

function choiceFor(state: TrialState, completed: CheckpointChoice): CheckpointChoice {
  if (state === 'completed') return completed;
  return state === 'failed' || state === 'cancelled' ? 'all' : 'none';
}
