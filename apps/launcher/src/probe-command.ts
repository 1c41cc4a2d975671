import { join } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import {
  measuredByProbes,
  measureLogs,
  planFolders,
  planOptions,
  readPlans,
  readProbes,
  readRunConfig,
  readStatus,
  readWorks,
  withProbe,
  writeProbes,
  wrongNames,
} from '@mixlab/results';
import type { Probe, RunStatus, Work } from '@mixlab/results';
import { z } from 'zod';
import { wholeNumber } from './budget-options.ts';
import { selectionOptions, wantedBy } from './select-trials.ts';
import { findFittingPass } from './fitting-pass.ts';
import { findTrainer, tryConfig } from './trial-run.ts';
import type { Trainer, TrialRun } from './trial-run.ts';

const probeOptions = z.strictObject({
  experiment: planOptions.experiment,
  ...selectionOptions,
  resumeCancelled: z.boolean().default(false).describe('count trials that were cancelled'),
  steps: wholeNumber(2)
    .default(20)
    .describe('steps of each; the first quarter is not timed')
    .meta({ placeholder: 'n' }),
  gpusPerRun: wholeNumber(0)
    .optional()
    .describe('GPUs of a trial, if not what the experiment says')
    .meta({ placeholder: 'n' }),
  again: z.boolean().default(false).describe('measure what was measured already, too'),
  out: planOptions.out,
  workDir: planOptions.workDir,
});

type ProbeOptions = z.output<typeof probeOptions>;

/**
 * `mixlab probe`: tries a few steps of each kind of work that is left, on this machine, and keeps what they took in
 * `work_dirs/<experiment>/.probe.json`, from which `mixlab budget` reckons. Nothing else of them is kept. Where a batch
 * has no room in memory, the largest pass that fits is looked for. Exit code 0, 1 where some do not work, 2 where nothing
 * was selected or nothing can be trained here.
 */
export const probeCommand = defineCommand({
  name: 'probe',
  description: 'Measure a few steps of each kind of work that is left of an experiment',
  options: probeOptions,
  wrongNames,
  run: probe,
});

/** A kind of work, and a config that does it. */
interface Task {
  readonly work: Work;
  readonly config: string;
}

async function probe(options: ProbeOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab probe: ${line}\n`);
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return exitCode;
  const trainer = await findTrainer(io);
  if ('problem' in trainer) {
    complain(trainer.problem);
    return 2;
  }
  const tooFew = plans.flatMap(({ experiment, launch }) => {
    const wanted = options.gpusPerRun ?? launch.gpusPerRun;
    return trainer.gpus > 0 && wanted > trainer.gpus
      ? [
          `a trial of ${experiment} takes ${wanted} GPUs and ${trainer.gpus} may be used; --gpus-per-run probes it on fewer`,
        ]
      : [];
  });
  tooFew.forEach(complain);
  if (tooFew.length > 0) return 2;
  let code: number = exitCode;
  for (const plan of plans) {
    const { out } = planFolders(options, io);
    const works = readWorks({ plan, out });
    works.problems.forEach(complain);
    if (works.problems.length > 0) code = 1;
    const failed = await probePlan(plan, works.works, { out, workDir, trainer, options }, io, complain);
    code ||= failed;
  }
  return code;
}

interface Place {
  /** The generator's output folder, absolute. */
  readonly out: string;
  readonly workDir: string;
  readonly trainer: Trainer;
  readonly options: ProbeOptions;
}

async function probePlan(
  plan: PlanFile,
  works: ReadonlyMap<string, Work>,
  { out, workDir, trainer, options }: Place,
  io: CommandIo,
  complain: (line: string) => void,
): Promise<0 | 1> {
  const { experiment } = plan;
  const folder = join(workDir, experiment);
  const gpus = trainer.gpus === 0 ? 0 : (options.gpusPerRun ?? plan.launch.gpusPerRun);
  const { probes, problem } = readProbes(folder);
  if (problem !== undefined) complain(problem);
  const trials = readStatus(plan, folder);
  const left = tasksOf(plan, works, trials, join(out, experiment), options);
  const known = options.again ? [] : [...measuredByProbes(probes), ...measureLogs(trials, works, folder)];
  const isKnown = ({ work }: Task) =>
    known.some(
      (each) =>
        each.work.key === work.key &&
        each.ranks === Math.max(1, gpus) &&
        (each.device === 'cpu') === (gpus === 0),
    );
  const tasks = left.filter((task) => !isKnown(task));
  const attempt = (config: string) => tryConfig(trainer, io, config, options.steps, gpus);
  io.stdout(`${experiment}: ${tasks.length} to measure, ${left.length - tasks.length} measured already\n`);
  let found = probes;
  let failed: 0 | 1 = 0;
  for (const [index, { work, config }] of tasks.entries()) {
    const title = `${experiment}: ${index + 1} of ${tasks.length}: ${work.label}, batch ${work.batchSize}`;
    const whole = readConfig(config);
    const keep = (measured: TrialRun, tried: Probe['config']) => {
      const probed: Probe = { ...measured, config: tried, at: Date.now() };
      found = withProbe(found, probed);
      writeProbes(folder, found);
      return line(probed);
    };
    const measured = await attempt(config);
    if ('problem' in measured) {
      failed = 1;
      complain(`${title}: does not work: ${measured.problem}`);
      if (measured.problem === 'interrupted') return 1;
      if (measured.tooManyOf === undefined && !measured.noRoomToEvaluate) continue;
      const fitting = await findFittingPass(whole, measured, attempt, (text) =>
        io.stdout(`${title}: ${text}\n`),
      );
      if ('problem' in fitting) complain(`${title}: ${fitting.problem}`);
      else complain(`${title}: ${fitting.advice}: ${keep(fitting.measured, fitting.config)}`);
      continue;
    }
    io.stdout(`${title}: ${keep(measured, whole)}\n`);
  }
  return failed;
}

function readConfig(file: string): Probe['config'] {
  const read = readRunConfig(file);
  if (read.kind !== 'value') throw new Error(`${file} cannot be read any more`);
  return read.value as Probe['config'];
}

/** One config of each kind of work that is left. */
function tasksOf(
  plan: PlanFile,
  works: ReadonlyMap<string, Work>,
  trials: readonly RunStatus[],
  generated: string,
  options: ProbeOptions,
): Task[] {
  const wanted = wantedBy(options);
  const left = new Set(trials.filter((trial) => wanted(trial)).map(({ run }) => run));
  const tasks = new Map<string, Task>();
  for (const { name, config } of plan.runs) {
    const work = left.has(name) ? works.get(name) : undefined;
    if (work && !tasks.has(work.key)) tasks.set(work.key, { work, config: join(generated, config) });
  }
  return [...tasks.values()];
}

function line({
  secondsPerStep,
  stepsPerEpoch,
  secondsPerEvaluation,
  memoryBytes,
  device,
  ranks,
}: Probe): string {
  const evaluation = secondsPerEvaluation === null ? '' : `, ${shown(secondsPerEvaluation)} s an evaluation`;
  const memory = memoryBytes === null ? '' : `, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  const where = device === 'cpu' ? 'the CPU' : `${ranks} × ${device}`;
  return `${shown(secondsPerStep)} s/step, ${stepsPerEpoch} steps an epoch${evaluation}${memory}, on ${where}`;
}

function shown(seconds: number): string {
  return String(Number(seconds.toPrecision(3)));
}
