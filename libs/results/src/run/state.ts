import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runStates, statusSchema } from '@mixlab/contracts';
import type { Status } from '@mixlab/contracts';
import { z } from 'zod';
import { fateOf, processSchema } from './process.ts';
import type { Fate } from './process.ts';
import { readJson } from './read-json.ts';

/** What a run directory says of its trial, by itself. */
export const trialStates = ['planned', 'stale', ...runStates] as const;
export type TrialState = (typeof trialStates)[number];

export interface TrialStatus {
  readonly state: TrialState;
  /** `status.json`; null where there is none or it cannot be used. */
  readonly status: Status | null;
  /** Full hash of the run, null where nothing tells. */
  readonly hash: string | null;
  readonly warnings: readonly string[];
}

/** A holder out of this machine's sight counts as gone when its status has not been written for so long. */
export const SILENT_MILLISECONDS = 10 * 60 * 1000;

/**
 * The state of one run directory, `…/trial<k>`. Reads only, and never throws: what cannot be used is a warning.
 *
 * - `planned`: nothing there, or nothing that says a training has begun;
 * - `running`: the process that the status names is alive, or works on another machine and wrote its status less
 *   than ten minutes ago (a heartbeat is written every ten seconds; the file's time and this clock are compared,
 *   which is enough to show, while the trainers themselves watch the heartbeat before they take over);
 * - `stale`: it says `running`, but that process is gone or silent; or the status is lost while a log is there.
 *   The next start resumes it;
 * - otherwise what the status says.
 */
export function readTrialStatus(directory: string, now: number = Date.now()): TrialStatus {
  const path = join(directory, 'status.json');
  const file = readJson(path);
  if (file.kind === 'absent') return withoutStatus(directory, []);
  const parsed = file.kind === 'value' ? statusSchema.safeParse(file.value) : undefined;
  if (!parsed?.success) {
    const why = file.kind === 'value' ? firstProblem(parsed!.error!) : file.why;
    return withoutStatus(directory, [`status.json cannot be used: ${why}`]);
  }
  const status = parsed.data;
  const state = status.state === 'running' && !isWorking(status, path, now) ? 'stale' : status.state;
  return { state, status, hash: status.hash, warnings: [] };
}

function isWorking(status: Status, path: string, now: number): boolean {
  const process = processSchema.safeParse(status);
  const fate: Fate = process.success ? fateOf(process.data) : 'elsewhere';
  return fate === 'elsewhere' ? isFresh(path, now) : fate === 'alive';
}

function isFresh(path: string, now: number): boolean {
  try {
    return now - statSync(path).mtimeMs < SILENT_MILLISECONDS;
  } catch {
    return false;
  }
}

/** The full hash of the run that a directory is of, as far as a file in it tells. */
export function readHash(directory: string): string | null {
  return hashIn(join(directory, 'status.json')) ?? hashIn(join(directory, 'provenance.json'));
}

function hashIn(path: string): string | null {
  const file = readJson(path);
  const known = z.looseObject({ hash: z.string() }).safeParse(file.kind === 'value' && file.value);
  return known.success ? known.data.hash : null;
}

/** The lock, the log and the provenance still tell something where the status does not. */
function withoutStatus(directory: string, warnings: readonly string[]): TrialStatus {
  const found = { status: null, hash: hashIn(join(directory, 'provenance.json')) };
  const lock = readJson(join(directory, 'lock'));
  const holder = processSchema.safeParse(lock.kind === 'value' && lock.value);
  if (holder.success && fateOf(holder.data) === 'alive') return { ...found, state: 'running', warnings };
  const hasLog = existsSync(join(directory, 'log.jsonl'));
  if (!hasLog && warnings.length === 0) return { ...found, state: 'planned', warnings };
  return {
    ...found,
    state: 'stale',
    warnings: warnings.length > 0 ? warnings : ['a log, but no status.json'],
  };
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'unknown';
}
