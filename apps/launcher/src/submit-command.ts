import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { startScript } from '@mixlab/launch';
import { planOptions, wrongNames } from '@mixlab/results';
import { z } from 'zod';
import { maxGpuHours } from './budget-options.ts';
import { findScripts } from './find-scripts.ts';
import { count, flag, strings } from './run-options.ts';
import { toArguments } from './script-arguments.ts';
import { listTrials, selectedStates, selectionOptions } from './select-trials.ts';

const text = (description: string, placeholder: string) =>
  z.string().min(1, 'expected a value').optional().describe(description).meta({ placeholder });

/** Options of the generated `slurm.sh`, to which they are passed as they were typed. */
const scriptOptions = {
  only: strings('only runs whose name matches the glob').meta({ placeholder: 'glob' }),
  retries: count(0, 'queue a failed trial again, so many times at most'),
  resumeCancelled: flag('take up trials that were cancelled'),
  then: z
    .array(z.enum(['test', 'table']))
    .min(1, 'expected a value')
    .optional()
    .describe('what follows: a test of each trained trial, and the table once all has ended')
    .meta({ placeholder: 'test,table' }),
  gpusPerRun: count(0, 'GPUs of a trial, all of its nodes together; 0 is the CPU'),
  gpusPerNode: count(1, 'the most GPUs that a trial takes on one node'),
  nodesPerRun: count(1, 'nodes of a trial; default: as few as hold its GPUs'),
  partition: text('as sbatch takes it', 'list').meta({ short: 'p' }),
  account: text('as sbatch takes it', 'name'),
  qos: text('as sbatch takes it', 'name'),
  time: text('time limit of one attempt: minutes, 12:00:00 or 2-12:00:00', 'limit').meta({ short: 't' }),
  constraint: text('features that nodes must have', 'list'),
  cpusPerTask: count(1, 'CPU cores of a trial on each node'),
  cpusPerGpu: count(1, 'CPU cores for each GPU'),
  mem: text('memory on each node, such as 64G', 'size'),
  throttle: count(1, 'trials at a time, at most'),
  maxArraySize: count(1, 'tasks of one array, at most; default: what the cluster allows'),
  signalSeconds: count(1, 'seconds before the time limit at which a trial writes a checkpoint; default: 120'),
  sbatch: strings('any other option of sbatch: --sbatch=--mail-type=FAIL').meta({
    placeholder: 'option',
    commas: false,
  }),
  setup: strings("a line of bash to run on the node first: --setup='module load cuda'").meta({
    placeholder: 'line',
    commas: false,
  }),
  dryRun: flag('print the scripts and requests that would be submitted; submit and write nothing').meta({
    short: 'n',
  }),
};

export const submitOptions = z.strictObject({
  experiment: planOptions.experiment.describe('experiments by name or glob'),
  launcher: z.enum(['slurm']).default('slurm').describe('what the experiment is submitted to'),
  ...selectionOptions,
  ...scriptOptions,
  maxGpuHours,
  out: planOptions.out,
  workDir: planOptions.workDir,
});

export type SubmitOptions = z.output<typeof submitOptions>;

/**
 * `mixlab submit`: starts the generated `slurm.sh` of each experiment, which submits what is left and ends. What the options
 * leave open is the experiment's `launch` block. The exit code is the first script's that is not 0; 2 where an
 * experiment is unknown or was not generated.
 */
export const submitCommand = defineCommand({
  name: 'submit',
  description: 'Submit what is missing of an experiment to a cluster, and return',
  options: submitOptions,
  wrongNames,
  run: async (options, io) => {
    const states = selectedStates(options);
    return submitPlans(
      'submit',
      options,
      io,
      states && ((plan, workDir) => listTrials(plan, workDir, states)),
    );
  },
});

/**
 * What `mixlab COMMAND` does: submits the selected plans one after the other.
 *
 * @param choose the trials of a plan, `RUN TRIAL` a line; by default all that its script lists
 */
export async function submitPlans(
  command: string,
  options: SubmitOptions,
  io: CommandIo,
  choose: ((plan: PlanFile, workDir: string) => string) | undefined,
): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab ${command}: ${line}\n`);
  const found = await findScripts('slurm.sh', options, io, complain);
  if (typeof found === 'number') return found;
  if (options.maxGpuHours !== undefined) {
    const { isLaunchWithinBudget, slurmSlots } = await import('./launch-budget.ts');
    const slots = slurmSlots(options, found.plans);
    if (!isLaunchWithinBudget(found, options, { choose, slots }, io, complain)) return 1;
  }
  for (const plan of found.plans) {
    const input = choose?.(plan, found.workDir);
    if (input === '') {
      io.stdout(`${plan.experiment}: nothing to do, no trial is ${selectedStates(options)?.join(' or ')}\n`);
      continue;
    }
    if (found.plans.length > 1) io.stdout(`${plan.experiment}\n`);
    const script = await startScript({
      script: found.scriptOf(plan.experiment),
      args: [...scriptArguments(options, found.workDir), ...(input === undefined ? [] : ['--list=-'])],
      cwd: io.cwd,
      env: io.env,
      input,
    });
    const code = await script.ended;
    if (code !== 0) return code;
  }
  return 0;
}

function scriptArguments({ then, ...options }: SubmitOptions, workDir: string): string[] {
  const passed = Object.keys(scriptOptions).filter((name): name is keyof typeof options => name in options);
  const order = (['test', 'table'] as const).filter((step) => then?.includes(step));
  return toArguments({
    ...Object.fromEntries(passed.map((name) => [name, options[name]])),
    then: order.length > 0 ? order.join(',') : undefined,
    workDir,
  });
}
