import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { bootIdBySysctl, startTimeByPs } from './without-proc.ts';

/** The fields of `lock` and `status.json` that name a process, as the training library writes them. */
export const processSchema = z.looseObject({
  host: z.string(),
  machineId: z.string().default(''),
  bootId: z.string(),
  pidNamespace: z.string().default(''),
  pid: z.int().positive(),
  pidStart: z.number(),
});

export type ProcessName = z.infer<typeof processSchema>;

/** `dead` only where that is certain; `elsewhere` where this machine, or this container, cannot tell. */
export type Fate = 'alive' | 'dead' | 'elsewhere';

/** What has become of a process that some machine once started. */
export function fateOf(named: ProcessName): Fate {
  const here = thisMachine();
  const sameNamespace = named.pidNamespace === here.pidNamespace;
  const sameHost = named.host === here.host && named.machineId === here.machineId && sameNamespace;
  // Nothing tells one boot from another, or a pid from its next bearer.
  if (here.bootId === undefined) return sameHost ? fateByPid(named.pid) : 'elsewhere';
  if (named.bootId !== here.bootId) return sameHost ? 'dead' : 'elsewhere';
  if (!sameNamespace) return 'elsewhere';
  return startTime(named.pid) === named.pidStart ? 'alive' : 'dead';
}

/** This process, as a lock names it; undefined where the system has nothing by which others could see that it lives. */
export function thisProcess(): ProcessName | undefined {
  const { bootId, ...here } = thisMachine();
  const pidStart = startTime(process.pid);
  return bootId === undefined || pidStart === undefined
    ? undefined
    : { ...here, bootId, pid: process.pid, pidStart };
}

interface Machine {
  readonly host: string;
  readonly machineId: string;
  readonly bootId: string | undefined;
  readonly pidNamespace: string;
}

let machine: Machine | undefined;
let hasProc: boolean | undefined;

function thisMachine(): Machine {
  machine ??= {
    host: hostname(),
    machineId: attempt(() => readFileSync('/etc/machine-id', 'utf8').trim()) ?? '',
    bootId: bootIdByProc() ?? bootIdBySysctl(),
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '',
  };
  return machine;
}

function bootIdByProc(): string | undefined {
  return attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

/** Linux: clock ticks from boot to the start of the process; undefined for none, and for a zombie. */
function startTime(pid: number): number | undefined {
  hasProc ??= bootIdByProc() !== undefined;
  // Asking ps takes a process of its own; for most that are gone the system's answer to no signal will do.
  if (!hasProc) return fateByPid(pid) === 'dead' ? undefined : startTimeByPs(pid);
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything, a parenthesis included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
}

function fateByPid(pid: number): Fate {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'dead' : 'alive';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
