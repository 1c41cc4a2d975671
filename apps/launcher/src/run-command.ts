import { join } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { wrongNames } from '@mixlab/results';
import { findScripts } from './find-scripts.ts';
import { runOptions, scriptArguments } from './run-options.ts';
import type { RunOptions } from './run-options.ts';
import { listTrials, selectedStates } from './select-trials.ts';

/** One experiment's script, and what it is started with. */
export interface Launch {
  readonly plan: PlanFile;
  /** Absolute. */
  readonly script: string;
  readonly args: readonly string[];
  /** The trials for `--list=-`, if they were selected by their state. */
  readonly input: string | undefined;
  /** Folder of the experiment's run directories, absolute. */
  readonly folder: string;
  /** By which other commands find the same experiment, as they were typed. */
  readonly options: Readonly<Record<'experiment' | 'out' | 'work-dir', string | undefined>>;
}

/** How a script ended: its exit code, and whether this command was told to stop. */
export interface Ended {
  readonly code: number;
  readonly stopped: boolean;
}

/**
 * `mixlab run`: starts the generated `local.sh` of each experiment, one after the other, and shows it. Schedules nothing
 * itself. The exit code is the first script's that is not 0; 2 where an experiment is unknown or was not generated.
 */
export const runCommand = defineCommand({
  name: 'run',
  description: 'Train what is missing of an experiment on this machine, and show it live',
  options: runOptions,
  wrongNames,
  run: async (options, io) => {
    const states = selectedStates(options);
    return trainPlans('run', options, io, states && ((plan, workDir) => listTrials(plan, workDir, states)));
  },
});

/**
 * What `mixlab COMMAND` does: trains the selected plans one after the other.
 *
 * @param choose the trials of a plan, `RUN TRIAL` a line; by default all that its script lists
 */
export async function trainPlans(
  command: string,
  options: RunOptions,
  io: CommandIo,
  choose: ((plan: PlanFile, workDir: string) => string) | undefined,
): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab ${command}: ${line}\n`);
  const found = await findScripts('local.sh', options, io, complain, (plans) => askedForMuch(options, plans));
  if (typeof found === 'number') return found;
  const { plans, workDir, scriptOf } = found;
  if (options.maxGpuHours !== undefined && !options.smoke) {
    const { isLaunchWithinBudget, localSlots } = await import('./launch-budget.ts');
    const slots = localSlots(options, plans);
    if (!isLaunchWithinBudget(found, options, { choose, slots }, io, complain)) return 1;
  }

  const begin = Date.now();
  let first = 0;
  for (const [index, plan] of plans.entries()) {
    const { experiment } = plan;
    const input = choose?.(plan, workDir);
    if (input === '') {
      io.stdout(`${experiment}: nothing to do, no trial is ${selectedStates(options)?.join(' or ')}\n`);
      continue;
    }
    const args = [
      ...scriptArguments({ ...options, maxHours: hoursLeft(options, begin) }, workDir),
      ...(input === undefined ? [] : ['--list=-']),
    ];
    const folder = join(workDir, experiment);
    const shared = { experiment, out: options.out, 'work-dir': options.workDir };
    const launch = { plan, script: scriptOf(experiment), args, input, folder, options: shared };
    if (plans.length > 1) io.stdout(`${experiment} (${index + 1} of ${plans.length})\n`);
    const { code, stopped } = await start(launch, options, io);
    first ||= code;
    const goesOn = code === 0 || (code === 1 && (options.keepGoing || options.smoke));
    if (stopped || !goesOn) {
      const rest = plans.slice(index + 1).map((each) => each.experiment);
      if (rest.length > 0) complain(`not started: ${rest.join(', ')}`);
      return first;
    }
  }
  return first;
}

/** What of `--max-hours` is left for the next script; a moment at least, in which it may say so. */
function hoursLeft({ maxHours }: RunOptions, begin: number): string | undefined {
  if (maxHours === undefined) return undefined;
  return Math.max(Number(maxHours) - (Date.now() - begin) / 3_600_000, 1e-9).toFixed(9);
}

/** Loads what it needs alone: start-up is most of what a command costs. */
async function start(launch: Launch, options: RunOptions, io: CommandIo): Promise<Ended> {
  if (options.detach) return (await import('./run-detached.ts')).runDetached(launch, io);
  if (options.plain || options.dryRun || !io.terminal)
    return (await import('./run-plain.ts')).runPlain(launch, io);
  return (await import('./run-watched.ts')).runWatched(launch, io.terminal, io);
}

function askedForMuch(options: RunOptions, plans: readonly PlanFile[]): string[] {
  const names = plans.map(({ experiment }) => experiment).join(', ');
  const clash = (['dryRun', 'plain'] as const).filter((name) => options.detach && options[name]);
  return [
    ...(options.detach && options.experiment !== undefined && plans.length > 1
      ? [`--detach takes one experiment, not ${plans.length}: ${names}`]
      : []),
    ...clash.map((name) => `--detach and --${name === 'plain' ? name : 'dry-run'} exclude each other`),
  ];
}
