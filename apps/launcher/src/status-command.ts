import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { readPlans, StatusReader, wrongNames } from '@mixlab/results';
import { QueuedTrials } from './queued-trials.ts';
import type { ShownTrial } from './queued-trials.ts';
import { renderStatus, warningLines } from './render-status.ts';
import type { ExperimentStatus } from './render-status.ts';
import { shownRungs } from './shown-rungs.ts';
import type { ShownRungs } from './shown-rungs.ts';
import { statusOptions } from './status-options.ts';
import type { StatusOptions } from './status-options.ts';

const MILLISECONDS_BETWEEN_LOOKS = 2000;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/**
 * `mixlab status`: what the run directories say of every planned trial, and Slurm's queue of those that wait there. Reads
 * only (but for `--json=FILE`). Exit code 0, 1 where a plan cannot be read, 2 where nothing was selected.
 */
export const statusCommand = defineCommand({
  name: 'status',
  description: 'Show how far every run and trial of an experiment is, where it runs, and why it failed',
  options: statusOptions,
  wrongNames,
  run: showStatus,
});

async function showStatus(options: StatusOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab status: ${line}\n`);
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  const clash = options.watch && options.json !== false;
  if (clash) complain('--watch and --json exclude each other');
  problems.forEach(complain);
  if (clash || exitCode === 2) return 2;

  const readers = plans.map((plan) => {
    const folder = join(workDir, plan.experiment);
    return { plan, folder, reader: new StatusReader(plan, folder) };
  });
  const queue = new QueuedTrials(
    plans.map(({ experiment }) => experiment),
    workDir,
    io,
  );
  do {
    await queue.look();
    const found = readers.map(({ plan, folder, reader }) =>
      look(plan, queue.mark(plan, reader.look()), shownRungs(plan, folder), options),
    );
    print(found, options, io);
    if (queue.problem !== undefined) complain(`warning: ${queue.problem}`);
    if (options.watch) await setTimeout(MILLISECONDS_BETWEEN_LOOKS);
  } while (options.watch);
  return exitCode;
}

function look(
  { experiment }: PlanFile,
  trials: readonly ShownTrial[],
  rungs: ShownRungs | undefined,
  { state: wanted }: StatusOptions,
): ExperimentStatus {
  return {
    experiment,
    trials: wanted ? trials.filter(({ state }) => wanted.includes(state)) : trials,
    total: trials.length,
    ...(rungs && { rungs }),
  };
}

function print(found: readonly ExperimentStatus[], { json, watch }: StatusOptions, io: CommandIo): void {
  const text = () => `${JSON.stringify({ experiments: found }, null, 2)}\n`;
  if (json === true) {
    io.stdout(text());
    return;
  }
  io.stdout(`${watch && io.isTty ? CLEAR_SCREEN : ''}${renderStatus(found)}`);
  for (const line of found.flatMap(warningLines)) io.stderr(`warning: ${line}\n`);
  if (typeof json === 'string') writeFileSync(resolve(io.cwd, json), text());
}
