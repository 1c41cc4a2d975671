import type { CommandIo, PlanFile } from '@mixlab/contracts';
import type { RunStatus } from '@mixlab/results';
import picomatch from 'picomatch';
import { isWithinBudget } from './budget.ts';
import type { FoundScripts } from './find-scripts.ts';
import type { RunOptions } from './run-options.ts';
import { wantedBy } from './select-trials.ts';
import type { TrialSelection } from './select-trials.ts';
import type { SubmitOptions } from './submit-command.ts';

/** Options that say what is started, whatever starts it. */
interface LaunchOptions extends TrialSelection {
  readonly only?: readonly string[] | undefined;
  readonly resumeCancelled: boolean;
  readonly gpusPerRun?: string | undefined;
  readonly maxGpuHours?: number | undefined;
}

interface Launching {
  /** The trials of a plan, `RUN TRIAL` a line; by default those that the options select. */
  readonly choose?: ((plan: PlanFile, workDir: string) => string) | undefined;
  /** Trials at a time; Infinity for as many as there are. */
  readonly slots: number;
}

/** Whether what a command with these options would start is within `--max-gpu-hours`; says so where it is not. */
export function isLaunchWithinBudget(
  { plans, out, workDir }: FoundScripts,
  options: LaunchOptions,
  { choose, slots }: Launching,
  io: CommandIo,
  complain: (line: string) => void,
): boolean {
  const chosen = new Map(plans.map((plan) => [plan, choose && new Set(choose(plan, workDir).split('\n'))]));
  const byState = wantedBy(options);
  const byName = options.only && picomatch([...options.only], { dot: true });
  const wanted = (plan: PlanFile, trial: RunStatus) =>
    (byName?.(trial.run) ?? true) && (chosen.get(plan)?.has(`${trial.run} ${trial.trial}`) ?? byState(trial));
  const gpusPerRun = options.gpusPerRun === undefined ? undefined : Number(options.gpusPerRun);
  return isWithinBudget(
    { plans, out, workDir, wanted, gpusPerRun, slots },
    options.maxGpuHours,
    io,
    complain,
  );
}

/** Trials that `local.sh` trains at a time, as far as the options tell; else one. */
export function localSlots({ jobs, gpus, gpusPerRun }: RunOptions, plans: readonly PlanFile[]): number {
  const typed = gpus?.join(',');
  if (typed === undefined) return Number(jobs ?? 1);
  const count = /^\d+$/.test(typed) ? Number(typed) : typed.split(',').filter((id) => id !== '').length;
  const each = Math.max(1, Number(gpusPerRun ?? plans[0]?.launch.gpusPerRun ?? 1));
  const slots = Math.max(1, Math.floor(count / each));
  return jobs === undefined ? slots : Math.min(slots, Number(jobs));
}

/** Trials that Slurm may train at a time. */
export function slurmSlots({ throttle }: SubmitOptions, plans: readonly PlanFile[]): number {
  return Number(throttle ?? plans[0]?.launch.slurm?.throttle ?? Infinity);
}
