import { existsSync } from 'node:fs';
import { CANCEL_FILE, RESUME_FILE, runStates } from '@mixlab/contracts';
import type { Status } from '@mixlab/contracts';
import { z } from 'zod';
import { checkStatus } from './check-status.ts';
import { fateOf, processSchema } from './process.ts';
import type { Fate } from './process.ts';
import { readJson } from './read-json.ts';
import { isUnchanged, stampOf } from './stamp.ts';
import type { Stamp } from './stamp.ts';
import { foreignLogs } from './trial-log.ts';

/** What a run directory says of its trial, by itself. */
export const trialStates = ['planned', 'stale', ...runStates] as const;
export type TrialState = (typeof trialStates)[number];

/** What the files of a run directory say, whatever the time and the processes that live. */
export interface TrialFiles {
  /** `status.json`; null where there is none or it cannot be used. */
  readonly status: Status | null;
  /** Full hash of the run, null where nothing tells. */
  readonly hash: string | null;
  /** When the status was written, in milliseconds since 1970 as the file system has it; null without a status. */
  readonly writtenAt: number | null;
  /** Where there is no status: what the lock and the log still tell. */
  readonly traces: 'planned' | 'stale' | 'running';
  /** Somebody wants this trial to end and not to be started again; nobody looks for that where it is completed. */
  readonly cancelAsked: boolean;
  readonly warnings: readonly string[];
  /** Of the status, where it can be used. */
  readonly stamp: Stamp | undefined;
}

export interface TrialStatus extends Omit<TrialFiles, 'stamp' | 'traces'> {
  readonly state: TrialState;
}

/** A holder out of this machine's sight counts as gone when its status has not been written for so long. */
export const SILENT_MILLISECONDS = 10 * 60 * 1000;

const knowsHash = z.looseObject({ hash: z.string() });

/** The state of one run directory, `…/trial<k>`. Reads only, and never throws: what cannot be used is a warning. */
export function readTrialStatus(directory: string, now: number = Date.now()): TrialStatus {
  const files = readTrialFiles(directory);
  const { status, hash, writtenAt, cancelAsked, warnings } = files;
  return { state: stateOf(files, now), status, hash, writtenAt, cancelAsked, warnings };
}

/** Reads only, and never throws. What was read `before` is not read again where it is unchanged. */
export function readTrialFiles(directory: string, before?: TrialFiles): TrialFiles {
  // Not `join`: ten thousand directories are looked at in under a second.
  const path = `${directory}/status.json`;
  // What is asked of a cancelled trial stands beside its status.
  if (before?.stamp && before.status?.state !== 'cancelled' && isUnchanged(before.stamp, stampOf(path))) {
    const cancelAsked = isCancelAsked(directory, before.status);
    return before.cancelAsked === cancelAsked ? before : { ...before, cancelAsked };
  }
  const file = readJson(path);
  const parsed = file.kind === 'value' ? checkStatus(file.value) : undefined;
  if (file.kind === 'value' && parsed?.success) {
    const status = asItStands(parsed.data, directory);
    return {
      status,
      hash: status.hash,
      writtenAt: file.stamp.mtimeMs,
      traces: 'planned',
      cancelAsked: isCancelAsked(directory, status),
      warnings: [],
      stamp: file.stamp,
    };
  }
  const why = parsed?.error ? firstProblem(parsed.error) : file.kind === 'unusable' ? file.why : undefined;
  const damage = why === undefined ? [] : [`status.json cannot be used: ${why}`];
  const isCutOff = file.kind === 'unusable' && file.wasRead;
  return { ...withoutStatus(directory, damage, isCutOff), cancelAsked: isCancelAsked(directory, null) };
}

function isCancelAsked(directory: string, status: Status | null): boolean {
  return status?.state !== 'completed' && existsSync(`${directory}/${CANCEL_FILE}`);
}

/** A cancelled trial that somebody wants after all is one that was interrupted. */
function asItStands(status: Status, directory: string): Status {
  const goesOn = status.state === 'cancelled' && existsSync(`${directory}/${RESUME_FILE}`);
  return goesOn ? { ...status, state: 'interrupted' } : status;
}

/** The lock, the log and the provenance still tell something where the status does not. */
function withoutStatus(
  directory: string,
  damage: readonly string[],
  isCutOff: boolean,
): Omit<TrialFiles, 'cancelAsked'> {
  const provenance = readJson(`${directory}/provenance.json`);
  const known = knowsHash.safeParse(provenance.kind === 'value' && provenance.value);
  const hash = known.success ? known.data.hash : null;
  const found = { status: null, hash, writtenAt: null, stamp: undefined };
  const lock = readJson(`${directory}/lock`);
  const holder = processSchema.safeParse(lock.kind === 'value' && lock.value);
  if (holder.success && fateOf(holder.data) === 'alive')
    return { ...found, traces: 'running', warnings: damage };
  const has = (name: string) => (stampOf(`${directory}/${name}`)?.size ?? 0) > 0;
  const hasLog = has('log.jsonl');
  const warnings = damage.length > 0 ? [...damage] : hasLog ? ['a log, but no status.json'] : [];
  if (warnings.length === 0) {
    const traces = foreignLogs(directory).length > 0 ? 'stale' : 'planned';
    return { ...found, traces, warnings };
  }
  // As the training library has it (`mixlab.core.run_directory`): a status that was cut off, and empty files, are nothing
  // that anyone misses.
  const isNobodys = isCutOff && !hasLog && !has('test.jsonl') && !has('provenance.json');
  if (hash === null && !has('config.json') && !isNobodys)
    warnings.push('nothing tells which run it is of, so that no start takes it; move it away');
  return { ...found, traces: 'stale', warnings };
}

/**
 * The state that follows from what was read of a directory:
 *
 * - `planned`: nothing there, or nothing that says a training has begun;
 * - `running`: the process that the status names is alive, or works on another machine and wrote its status less
 *   than ten minutes ago (a heartbeat is written every ten seconds; the file's time and this clock are compared,
 *   which is enough to show, while the trainers themselves watch the heartbeat before they take over);
 * - `stale`: it says `running`, but that process is gone or silent; or the status is lost while a log is there.
 *   The next start resumes it;
 * - `cancelled`: somebody asks for that, and nobody is at work; what is completed stays completed. Or an attempt ended so,
 *   and nobody has asked for another one since;
 * - otherwise what the status says.
 */
export function stateOf(files: TrialFiles, now: number): TrialState {
  const { status, traces, cancelAsked } = files;
  const state = status ? (isGone(status, files.writtenAt ?? 0, now) ? 'stale' : status.state) : traces;
  return cancelAsked && state !== 'running' && state !== 'completed' ? 'cancelled' : state;
}

/** Whether it says `running`, but nobody is at work. */
function isGone(status: Status, writtenAt: number, now: number): boolean {
  if (status.state !== 'running') return false;
  const process = processSchema.safeParse(status);
  const fate: Fate = process.success ? fateOf(process.data) : 'elsewhere';
  return fate === 'elsewhere' ? now - writtenAt >= SILENT_MILLISECONDS : fate === 'dead';
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'unknown';
}
