import { join } from 'node:path';
import type { PlanFile } from '@mixlab/contracts';
import { readRunConfig } from '../run/read-run-config.ts';
import { readStatus } from '../run/read-status.ts';
import { readRungs } from '../run/rungs.ts';
import type { RungState } from '../run/rungs.ts';
import type { RunStatus } from '../run/read-status.ts';
import { estimate } from './estimate.ts';
import type { MeasuredWork } from './estimate.ts';
import { readPace } from './measure.ts';
import { evaluationsBetween, workOf } from './work.ts';
import type { Work } from './work.ts';

/** What a budget is made for. */
export interface BudgetRequest {
  readonly plan: PlanFile;
  /** The generator's output folder, absolute. */
  readonly out: string;
  /** `work_dirs/<experiment>`, absolute. */
  readonly folder: string;
  /** Which trials are to be counted among those that the experiment's scripts list. */
  readonly wanted: (trial: RunStatus) => boolean;
  /** GPUs of a trial; by default what the experiment says. */
  readonly gpusPerRun?: number | undefined;
  /** The device that is budgeted for; by default the one that was measured last. */
  readonly device?: string | undefined;
  /** What was measured elsewhere, by probing. */
  readonly measured: readonly MeasuredWork[];
}

/** One kind of work that is left. */
export interface BudgetPart {
  readonly label: string;
  readonly trials: number;
  /** Of all these trials together; null where nothing tells. */
  readonly hours: number | null;
}

/** What is left of an experiment, in hours. */
export interface Budget {
  readonly experiment: string;
  readonly trials: number;
  /** The device that the times are of; null where nothing was measured. */
  readonly device: string | null;
  /** Other devices that something was measured on. */
  readonly otherDevices: readonly string[];
  /** GPUs of a trial; 0 is the CPU. */
  readonly gpusPerRun: number;
  /** Of each trial whose time is known, in the plan's order. */
  readonly hours: readonly number[];
  readonly parts: readonly BudgetPart[];
  /** Labels of work whose time nothing tells. */
  readonly unknown: readonly string[];
  readonly assumptions: readonly string[];
  /** A line for each generated file that is missing or cannot be used. */
  readonly problems: readonly string[];
}

/** Logs of one kind of work that are read. */
const LOGS_READ = 3;

/** What is left of an experiment, from the logs of what was trained and from what was probed. Reads only. */
export function readBudget(request: BudgetRequest): Budget {
  const { plan, folder, wanted } = request;
  const { works, problems } = readWorks(request);
  const trials = readStatus(plan, folder);
  const measured = [...request.measured, ...measureLogs(trials, works, folder)];
  const device = request.device ?? newestDevice(measured);
  const here = measured.filter((each) => each.device === device);
  const gpusPerRun = device === 'cpu' ? 0 : (request.gpusPerRun ?? plan.launch.gpusPerRun);
  const estimates = new Map(
    [...new Set(works.values())].map((work) => [work, estimate(work, Math.max(1, gpusPerRun), here)]),
  );

  const parts = new Map<string, { trials: number; hours: number | null }>();
  const hours: number[] = [];
  const assumptions = new Set<string>();
  const rungs = readRungs(plan, folder);
  const hashes = new Map(plan.runs.map(({ name, hash }) => [name, hash]));
  for (const trial of trials) {
    const work = works.get(trial.run);
    if (work === undefined || !wanted(trial) || rungs?.leftOut.has(hashes.get(trial.run)!)) continue;
    const found = estimates.get(work);
    const its = found && hoursLeft(trial, stagesOf(work, rungs), work, found, folder);
    if (its !== undefined) hours.push(its);
    found?.assumptions.forEach((assumption) => assumptions.add(assumption));
    const part = parts.get(work.label) ?? { trials: 0, hours: 0 };
    const total = its === undefined || part.hours === null ? null : part.hours + its;
    parts.set(work.label, { trials: part.trials + 1, hours: total });
  }
  if (rungs && hours.length > 0) assumptions.add(describeRungs(rungs));
  const shown = [...parts].map(([label, part]) => ({ label, ...part }));
  return {
    experiment: plan.experiment,
    trials: shown.reduce((sum, part) => sum + part.trials, 0),
    device: device ?? null,
    otherDevices: [...new Set(measured.map((each) => each.device))].filter((name) => name !== device),
    gpusPerRun,
    hours,
    parts: shown,
    unknown: shown.filter((part) => part.hours === null).map(({ label }) => label),
    assumptions: [...assumptions],
    problems,
  };
}

/** The work of each run that the experiment's scripts list, by the run's name; runs of one kind share it. */
export function readWorks({ plan, out }: Pick<BudgetRequest, 'plan' | 'out'>): {
  readonly works: ReadonlyMap<string, Work>;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const works = new Map<string, Work>();
  if (plan.engine !== 'mixlab') {
    const why = `how long ${plan.engine} takes is not known: only the library mixlab tells it`;
    return { works, problems: [`${plan.experiment}: ${why}`] };
  }
  const byKey = new Map<string, Work>();
  for (const { name, config, selected } of plan.runs) {
    if (!selected) continue;
    const path = join(out, plan.experiment, config);
    const file = readRunConfig(path);
    const work = file.kind === 'value' ? workOf(file.value) : undefined;
    if (work === undefined) {
      const why =
        file.kind === 'absent'
          ? 'is missing'
          : file.kind === 'unusable'
            ? `is ${file.why}`
            : 'is no run config';
      problems.push(`${path} ${why}; \`npx mixlab configs --experiment=${plan.experiment}\` writes it`);
      continue;
    }
    const key = `${work.key}\n${work.maxEpochs} ${work.evaluateEvery}`;
    if (!byKey.has(key)) byKey.set(key, work);
    works.set(name, byKey.get(key)!);
  }
  return { works, problems };
}

/** What the logs of a plan's trials tell of the time of its work. `folder` is `work_dirs/<experiment>`. */
export function measureLogs(
  trials: readonly RunStatus[],
  works: ReadonlyMap<string, Work>,
  folder: string,
): MeasuredWork[] {
  const read = new Map<string, number>();
  return [...trials].reverse().flatMap(({ run, directory }): MeasuredWork[] => {
    const work = works.get(run);
    const times = work ? (read.get(work.key) ?? 0) : LOGS_READ;
    if (work === undefined || directory === null || times >= LOGS_READ) return [];
    const { measure } = readPace(join(folder, directory, 'log.jsonl'));
    if (measure === null) return [];
    read.set(work.key, times + 1);
    return [{ ...measure, work }];
  });
}

function newestDevice(measured: readonly MeasuredWork[]): string | undefined {
  return [...measured].sort((a, b) => b.at - a.at)[0]?.device;
}

/** A part of a training, and what share of the runs that are left go through it. */
interface Stage {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** Who goes on is not known: each of the runs that are left counts with the share that does. */
function stagesOf({ maxEpochs }: Work, rungs: RungState | undefined): Stage[] {
  if (!rungs) return [{ from: 0, to: maxEpochs, share: 1 }];
  const left = rungs.runs[rungs.current]!;
  return rungs.epochs.map((to, rung) => ({
    from: rung === 0 ? 0 : rungs.epochs[rung - 1]!,
    to,
    share: rung <= rungs.current ? 1 : rungs.runs[rung]! / Math.max(1, left),
  }));
}

function describeRungs({ epochs, runs, current }: RungState): string {
  const steps = epochs.flatMap((epoch, rung) => (rung < current ? [] : [`${runs[rung]} to epoch ${epoch}`]));
  return `runs that halving trains: ${steps.join(', ')}; which ones is not known, so each counts with its share`;
}

function hoursLeft(
  trial: RunStatus,
  stages: readonly Stage[],
  work: Work,
  times: NonNullable<ReturnType<typeof estimate>>,
  folder: string,
): number {
  const { epoch, state, directory } = trial;
  const done =
    times.stepsPerEpoch * epoch + (state === 'interrupted' ? stepsBeyond(epoch, directory, folder) : 0);
  let seconds = 0;
  for (const { from, to, share } of stages) {
    const steps = Math.max(0, times.stepsPerEpoch * to - Math.max(done, times.stepsPerEpoch * from));
    const evaluations = evaluationsBetween(work, Math.max(epoch, from), to);
    seconds += share * (steps * times.secondsPerStep + evaluations * times.secondsPerEvaluation);
  }
  return seconds / 3600;
}

/** Steps of the epoch under way: an interrupted training has a checkpoint of its last step. */
function stepsBeyond(epoch: number, directory: string | null, folder: string): number {
  const last = directory === null ? null : readPace(join(folder, directory, 'log.jsonl')).last;
  return last?.epoch === epoch + 1 ? last.step : 0;
}

/** Hours until the last of the trials ends, so many at a time, each in its turn. */
export function wallHours(hours: readonly number[], slots: number): number {
  const ends = Array.from({ length: Math.max(1, Math.min(slots, hours.length)) }, () => 0);
  for (const each of hours) {
    const first = ends.indexOf(Math.min(...ends));
    ends[first]! += each;
  }
  return Math.max(...ends);
}
