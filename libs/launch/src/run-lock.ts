import { createHash, randomBytes } from 'node:crypto';
import { linkSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const LOCK = 'lock';

/** Who holds a run directory: what the lock says, and the token that tells one holder from another. */
export interface LockHolder {
  readonly token: string;
  /** The whole record; null where the file is damaged. */
  readonly record: Readonly<Record<string, unknown>> | null;
}

/** The lock of a run directory in this process's hands. */
export interface HeldLock {
  /** Gives it back. Throws what the file system throws. */
  release(): void;
}

/** Who holds the run directory, or undefined. Reads only; throws what the file system throws. */
export function lockHolder(directory: string): LockHolder | undefined {
  let holder = read(join(directory, LOCK));
  for (;;) {
    const next = holder && read(after(directory, holder.token));
    if (!next) return holder;
    holder = next;
  }
}

/**
 * Takes the lock of a run directory as the training library does (`mixlab.core.lock`): a training that starts meanwhile
 * finds it held. Throws what the file system throws.
 *
 * @param self what names this process
 * @param isDead whether a holder is certainly gone; any other one keeps the lock
 * @returns the lock, or the holder that keeps it
 */
export function takeLock(
  directory: string,
  self: Readonly<Record<string, unknown>>,
  isDead: (holder: LockHolder) => boolean,
): HeldLock | LockHolder {
  const token = newToken();
  const temporary = writeRecord(directory, self, token);
  try {
    for (;;) {
      const holder = lockHolder(directory);
      if (holder === undefined) {
        if (link(temporary, join(directory, LOCK))) return held(directory, self, token);
      } else if (!isDead(holder)) {
        return holder;
      } else if (link(temporary, after(directory, holder.token))) {
        if (lockHolder(directory)?.token === token) {
          renameSync(temporary, join(directory, LOCK));
          forgetPredecessors(directory, token);
          return held(directory, self, token);
        }
        // The lock had moved on before the link: this name means nothing any more.
        rmSync(after(directory, holder.token), { force: true });
      }
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function held(directory: string, self: Readonly<Record<string, unknown>>, token: string): HeldLock {
  return {
    release: () => {
      if (lockHolder(directory)?.token !== token) return;
      // Being one's own successor first keeps another from taking over between the look and the removal.
      const successor = newToken();
      const temporary = writeRecord(directory, self, successor);
      try {
        if (link(temporary, after(directory, token)) && lockHolder(directory)?.token === successor) {
          rmSync(join(directory, LOCK), { force: true });
          rmSync(after(directory, token), { force: true });
        }
      } finally {
        rmSync(temporary, { force: true });
      }
    },
  };
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}

function after(directory: string, token: string): string {
  return join(directory, `${LOCK}.after.${token}`);
}

function writeRecord(directory: string, self: Readonly<Record<string, unknown>>, token: string): string {
  const temporary = join(directory, `.${LOCK}.${randomBytes(8).toString('hex')}.tmp`);
  writeFileSync(temporary, `${JSON.stringify({ ...self, token }, null, 2)}\n`, { flag: 'wx' });
  return temporary;
}

function forgetPredecessors(directory: string, token: string): void {
  for (const name of readdirSync(directory))
    if (name.startsWith(`${LOCK}.after.`) && name !== basename(after(directory, token)))
      rmSync(join(directory, name), { force: true });
}

function read(path: string): LockHolder | undefined {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  try {
    const record = JSON.parse(data.toString('utf8')) as Record<string, unknown>;
    const token = record['token'];
    if (typeof token === 'string' && /^[0-9A-Za-z]+$/.test(token)) return { token, record };
  } catch {
    // Damaged.
  }
  return {
    token: `damaged${createHash('sha256').update(data).digest('hex').slice(0, 16)}`,
    record: null,
  };
}

/** Whether `source` now bears `name` too; false where that was taken. One process at most gets true. */
function link(source: string, name: string): boolean {
  try {
    linkSync(source, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Over NFS a repeated request may find its own success.
  const [a, b] = [source, name].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
