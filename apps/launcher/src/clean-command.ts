import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import type { CheckpointChoice } from '@mixlab/launch';
import { readPlans, RunDirectories, SharedRuns, thisProcess, wrongNames } from '@mixlab/results';
import { z } from 'zod';
import { heldTries, look, ofStranger, ofTrial, ofTry } from './find-removable.ts';
import type { Finder, Removable } from './find-removable.ts';
import { readNamedTrials, trialOptions } from './named-trials.ts';
import { removeFrom } from './remove-from.ts';

const cleanOptions = z.strictObject({
  run: trialOptions.run,
  trial: trialOptions.trial,
  experiment: trialOptions.experiment,
  yes: z.boolean().default(false).describe('remove what is listed'),
  checkpoints: z
    .union([z.boolean(), z.literal('previous')], { error: 'expected nothing, or previous' })
    .default(false)
    .describe('also the checkpoints of completed trials; with "previous" only those before the last')
    .meta({ placeholder: 'previous' }),
  out: trialOptions.out,
  workDir: trialOptions.workDir,
});

type CleanOptions = z.output<typeof cleanOptions>;

interface Candidate {
  readonly directory: string;
  readonly find: Finder;
}

/**
 * `mixlab clean`: lists what run directories hold that nobody needs, and removes it with `--yes`: checkpoints of failed and
 * cancelled trials, run directories of no run in the plan, what killed processes left. Takes a directory's lock before
 * it touches anything in it, so that a training that starts meanwhile waits; what somebody holds, and what a link leads to,
 * is left alone. Exit code 0, 1 where something could not be removed, 2 where a name is wrong.
 */
export const cleanCommand = defineCommand({
  name: 'clean',
  description: 'List what failed, cancelled and forgotten runs take on the disk; --yes removes it',
  options: cleanOptions,
  wrongNames,
  run: clean,
});

async function clean(options: CleanOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab clean: ${line}\n`);
  const { trials, problems, exitCode } = readNamedTrials(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return 2;

  const completed = options.checkpoints === true ? 'all' : options.checkpoints || 'none';
  const candidates: Candidate[] = [
    ...trials.flatMap(({ directory, path }) =>
      directory === null ? [] : [{ directory: path, find: ofTrial(completed) }],
    ),
    ...(options.run || options.trial ? [] : forgotten(options, completed, io)),
  ];
  const shown = (path: string) => {
    const short = relative(io.cwd, path);
    return short.startsWith('..') ? path : short;
  };
  const left = (directory: string, why: string) => io.stdout(`left alone  ${shown(directory)}: ${why}\n`);
  let failed = false;
  const found = candidates.flatMap(({ directory, find }) => {
    try {
      const removable = look(directory, find);
      if (typeof removable === 'string') left(directory, removable);
      return typeof removable === 'object' ? [{ directory, find, removable }] : [];
    } catch (error) {
      failed = true;
      left(directory, (error as Error).message);
      return [];
    }
  });
  if (!options.yes) {
    for (const { directory, removable } of found) list(directory, removable, shown, io);
    io.stdout(
      found.length > 0
        ? `${sum(found.map(({ removable }) => removable))}; --yes removes them\n`
        : 'nothing to remove\n',
    );
    return failed ? 1 : exitCode;
  }

  const self = thisProcess();
  if (self === undefined) {
    complain(
      'nothing was removed: this system has neither /proc nor ps and sysctl, by which a training could see that a ' +
        'run directory is being cleaned',
    );
    return 1;
  }
  const removed: Removable[] = [];
  for (const { directory, find, removable } of found) {
    const { done, problem } = removeFrom(directory, removable, find, self);
    list(directory, done, shown, io);
    removed.push(done);
    if (problem !== undefined) left(directory, problem);
    failed ||= problem !== undefined;
  }
  io.stdout(
    removed.some(({ files }) => files.length > 0) ? `${sum(removed)} removed\n` : 'nothing was removed\n',
  );
  return failed ? 1 : exitCode;
}

/** Directories of no run in a plan and, where no experiment is named, of tries that were killed. */
function forgotten(options: CleanOptions, completed: CheckpointChoice, io: CommandIo): Candidate[] {
  const { plans, workDir } = readPlans(options, io);
  const shared = new SharedRuns(readPlans({ ...options, experiment: undefined }, io).plans, workDir);
  const strangers = plans.flatMap(({ experiment, runs }) =>
    new RunDirectories(join(workDir, experiment)).strangers(runs).map(({ path, hash, trial }) => {
      const directory = join(workDir, experiment, path);
      const user = shared.userOf(directory, hash, trial);
      const find = user === undefined ? ofStranger(completed) : () => `${user} has this run, too`;
      return { directory, find };
    }),
  );
  const tries = options.experiment ? [] : heldTries(io.env?.['TMPDIR'] || tmpdir());
  return [...strangers, ...tries.map((directory) => ({ directory, find: ofTry }))];
}

function list(
  directory: string,
  { files, whole, why }: Removable,
  shown: (path: string) => string,
  io: CommandIo,
): void {
  if (files.length === 0) return;
  const entries = whole ? [{ path: `${directory}/`, bytes: total(files) }] : files;
  for (const { path, bytes } of entries) io.stdout(`${size(bytes).padStart(10)}  ${shown(path)}  ${why}\n`);
}

function sum(removables: readonly Removable[]): string {
  const files = removables.flatMap((removable) => removable.files);
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${size(total(files))}`;
}

function total(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((bytes, file) => bytes + file.bytes, 0);
}

function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
