import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';
import { errorCode, fsProblem } from './fs-problem.ts';
import { displayPath } from './paths.ts';
import { bootId, isAlive, startTime } from './process-life.ts';

const LOCK = '.lock';
const POLL_MS = 50;

interface Holder {
  readonly host: string;
  readonly boot: string | null;
  readonly pid: number;
  /** Start time of that process, so that another one with its number is not taken for it. */
  readonly start: string | null;
}

/**
 * Makes this process the only one that writes to an output folder. The lock is the folder `.lock` with one file in it,
 * named by a token. It is renamed into place whole: that fails while a file is in it and succeeds over an empty one.
 * So whoever finds its holder dead frees it by removing the holder's own token, which can hit no later holder.
 * (proper-lockfile keeps a lock alive from a timer, which no synchronous writer lets run.)
 *
 * @param waitMs how long to wait for a living holder
 * @returns how to give it back
 * @throws ConfigError `locked`, with who holds it
 */
export async function lockFolder(out: string, waitMs: number): Promise<() => void> {
  const lock = join(out, LOCK);
  const token = randomUUID();
  const mine = join(out, `${LOCK}.${token}`);
  let isMade = false;
  try {
    makeFolder(out);
    sweepAbandoned(out);
    mkdirSync(mine);
    isMade = true;
    const holder: Holder = {
      host: hostname(),
      boot: bootId(),
      pid: process.pid,
      start: startTime(process.pid),
    };
    writeFileSync(join(mine, token), `${JSON.stringify(holder)}\n`);
    const deadline = performance.now() + waitMs;
    while (!tryRename(mine, lock)) {
      const living = freeFromDead(lock);
      if (living === undefined) continue;
      if (performance.now() >= deadline) throw held(out, lock, living);
      await sleep(POLL_MS);
    }
  } catch (error) {
    if (isMade) rmSync(mine, { recursive: true, force: true });
    throw fsProblem(error, 'write', out);
  }
  return () => release(lock, token);
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the tokens of dead holders; returns what is known of one that lives. */
function freeFromDead(lock: string): Partial<Holder> | undefined {
  let living: Partial<Holder> | undefined;
  for (const token of ifThere(() => readdirSync(lock)) ?? []) {
    const path = join(lock, token);
    const text = ifThere(() => readFileSync(path, 'utf8'));
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (isDead(holder)) ifThere(() => unlinkSync(path));
    else living = holder;
  }
  return living;
}

/** What a process killed between making its lock and renaming it left behind. */
function sweepAbandoned(out: string): void {
  for (const name of readdirSync(out)) {
    if (!name.startsWith(`${LOCK}.`)) continue;
    const tokens = ifThere(() => readdirSync(join(out, name))) ?? [];
    if (tokens.length > 0 && freeFromDead(join(out, name)) === undefined)
      ifThere(() => rmdirSync(join(out, name)));
  }
}

function release(lock: string, token: string): void {
  ifThere(() => unlinkSync(join(lock, token)));
  try {
    rmdirSync(lock);
  } catch {
    // The next one is already in.
  }
}

function parseHolder(text: string): Partial<Holder> {
  try {
    return JSON.parse(text) as Partial<Holder>;
  } catch {
    return {};
  }
}

/** Only a process of this host can be known to be dead. */
function isDead({ host, boot, pid, start }: Partial<Holder>): boolean {
  if (host !== hostname() || pid === undefined) return false;
  const here = bootId();
  return (boot && here && boot !== here) || !isAlive(pid, start ?? null);
}

function held(out: string, lock: string, { pid, host }: Partial<Holder>): ConfigError {
  const who = pid === undefined ? 'another process' : `process ${pid} on ${host}`;
  const message =
    `${displayPath(out)} is being written by ${who}; wait until it is done ` +
    `(if it does not run any more, remove ${displayPath(lock)})`;
  return new ConfigError([{ code: 'locked', message }]);
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
