import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';

/** A task that waits for its start, or has just been started, and the trial that it is to train. */
export interface QueuedTask {
  /** As Slurm names it: `17_3`. */
  readonly job: string;
  /** In Slurm's words: `PENDING`, `RUNNING`, … */
  readonly state: string;
  /** In Slurm's words: `Resources`, `Priority`, `JobArrayTaskLimit`, …; `None` where there is none. */
  readonly reason: string;
  readonly hash: string;
  readonly trial: number;
}

export interface SlurmQueue {
  readonly tasks: readonly QueuedTask[];
  /** Why nobody knows what is queued. */
  readonly problem?: string | undefined;
}

interface QueueOptions {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How long Slurm may take to answer. */
  readonly milliseconds: number;
}

const TASKS = '.tasks';

/**
 * The tasks that Slurm holds of experiments which `slurm.sh` submitted, each with the trial that the frozen list in its
 * comment has for it. Slurm is asked only where such a list lies in `.slurm`. Never throws.
 *
 * @param folders `work_dirs/<experiment>` by experiment
 */
export async function readSlurmQueue(
  folders: ReadonlyMap<string, string>,
  { env, milliseconds }: QueueOptions,
): Promise<SlurmQueue> {
  const submitted = [...folders].filter(([, folder]) => hasLists(folder));
  if (submitted.length === 0) return { tasks: [] };
  const names = submitted.map(([experiment]) => experiment).join(',');
  const begin = performance.now();
  const squeue = execa('squeue', ['--noheader', '--array', `--name=${names}`, '--format=%K %F_%K %T %r|%k'], {
    stdin: 'ignore',
    env: withoutChoices(env ?? process.env),
    extendEnv: false,
    timeout: milliseconds,
    forceKillAfterDelay: 500,
    reject: false,
  });
  // Where it is a wrapper, what that has started may keep its output open.
  squeue.once('exit', () => {
    if (performance.now() - begin >= milliseconds)
      [squeue.stdout, squeue.stderr].forEach((each) => each.destroy());
  });
  const asked = await squeue;
  if (asked.code === 'ENOENT') return { tasks: [], problem: 'there is no squeue here' };
  if (asked.timedOut)
    return { tasks: [], problem: `squeue has not answered within ${milliseconds / 1000} s` };
  if (asked.failed)
    return { tasks: [], problem: asked.stderr.trim().split('\n').at(-1) || asked.shortMessage };
  const own = new Set(submitted.map(([, folder]) => realpathSync(join(folder, '.slurm'))));
  const lists = new Map<string, readonly string[]>();
  return { tasks: asked.stdout.split('\n').flatMap((line) => taskOf(line, own, lists)) };
}

/** Variables such as SQUEUE_STATES would leave tasks out. */
function withoutChoices(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('SQUEUE_'),
    ),
  );
}

const LINE = /^(\d+) (\S+) (\S+) ([^|]*)\|(.*)$/;

function taskOf(line: string, own: ReadonlySet<string>, lists: Map<string, readonly string[]>): QueuedTask[] {
  const [, task, job, state, reason, list] = LINE.exec(line) ?? [];
  // A task that is completing does nothing any more.
  if (!task || !job || !state || !list?.endsWith(TASKS) || state === 'COMPLETING') return [];
  let trials = lists.get(list);
  if (trials === undefined) lists.set(list, (trials = linesOf(list, own)));
  const [, trial, hash] = trials[Number(task) - 1]?.split('\t') ?? [];
  return hash ? [{ job, state, reason: reason ?? '', hash, trial: Number(trial) }] : [];
}

/** The lines of a list of tasks, if it is one of these folders', by whatever path Slurm knows it. */
function linesOf(list: string, own: ReadonlySet<string>): string[] {
  try {
    const folder = realpathSync(dirname(list));
    return own.has(folder) ? readFileSync(join(folder, basename(list)), 'utf8').split('\n') : [];
  } catch {
    return [];
  }
}

function hasLists(folder: string): boolean {
  try {
    return readdirSync(join(folder, '.slurm')).some((name) => name.endsWith(TASKS));
  } catch {
    return false;
  }
}
