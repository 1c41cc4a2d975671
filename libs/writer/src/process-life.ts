import { readFileSync } from 'node:fs';
import { errorCode } from './fs-problem.ts';

/** A name of this start of the machine; null where the system has none (only Linux has). */
export function bootId(): string | null {
  return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Start time of a process in clock ticks since boot, as text; null where `/proc` is missing or the process is gone. */
export function startTime(pid: number): string | null {
  return statFields(pid)?.[19] ?? null;
}

/** Whether a process with this number, and this start time where that can be known, still runs. */
export function isAlive(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  const fields = statFields(pid);
  if (fields === undefined) return true;
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  return !isZombie && (start === null || fields[19] === start);
}

/** The fields of `/proc/PID/stat` from the third on; the second, the program's name, may hold anything. */
function statFields(pid: number): string[] | undefined {
  const stat = readOrNull(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
