// Loading execa would take most of the time of a `status`, where nothing of this is ever called.
// eslint-disable-next-line no-restricted-imports
import { execFileSync } from 'node:child_process';

/**
 * What /proc tells on Linux, as macOS tells it: by sysctl and ps. The training library names processes there by the same
 * (`mixlab.core.processes`).
 */

/** What changes with every boot of the machine; undefined where nothing tells. */
export function bootIdBySysctl(): string | undefined {
  const session = output('sysctl', '-n', 'kern.bootsessionuuid');
  if (session) return session;
  const seconds = /\bsec = (\d+)/.exec(output('sysctl', '-n', 'kern.boottime') ?? '')?.[1];
  return seconds && `boot-${seconds}`;
}

/** When a process began, in whole seconds since 1970; undefined for none, and for a zombie. */
export function startTimeByPs(pid: number): number | undefined {
  const [, state, date] =
    /^(\S+)\s+(.*\S)/.exec(output('ps', '-o', 'stat=', '-o', 'lstart=', '-p', String(pid)) ?? '') ?? [];
  if (!state || !date || state.startsWith('Z')) return undefined;
  const milliseconds = Date.parse(`${date} UTC`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** What a command prints; undefined where there is none, or where it fails. */
function output(command: string, ...args: string[]): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
