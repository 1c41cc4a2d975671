import { join } from 'node:path';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { measuredByProbes, readBudget, readProbes, wallHours } from '@mixlab/results';
import type { Budget, RunStatus } from '@mixlab/results';

/** What a budget is asked of. */
export interface BudgetQuestion {
  readonly plans: readonly PlanFile[];
  /** The generator's output folder, absolute. */
  readonly out: string;
  /** Absolute. */
  readonly workDir: string;
  /** Which of the trials that the scripts list are to be trained. */
  readonly wanted: (plan: PlanFile, trial: RunStatus) => boolean;
  readonly gpusPerRun?: number | undefined;
  /** Trials at a time. */
  readonly slots: number;
  readonly device?: string | undefined;
}

/** The whole of it. */
export interface Forecast {
  readonly budgets: readonly Budget[];
  /** On a GPU hours times GPUs, on the CPU hours of this machine. */
  readonly gpuHours: number;
  readonly wallHours: number;
  readonly slots: number;
  /** Work whose time nothing tells. */
  readonly unknown: readonly string[];
  /** What is wrong with files. */
  readonly problems: readonly string[];
}

/** What is left of plans, from their logs and from what was probed of all of them. Reads only. */
export function forecast({
  plans,
  out,
  workDir,
  wanted,
  gpusPerRun,
  slots,
  device,
}: BudgetQuestion): Forecast {
  const probes = plans.map((plan) => readProbes(join(workDir, plan.experiment)));
  const measured = measuredByProbes(probes.flatMap((each) => each.probes));
  const budgets = plans.map((plan) =>
    readBudget({
      plan,
      out,
      folder: join(workDir, plan.experiment),
      wanted: (trial) => wanted(plan, trial),
      gpusPerRun,
      device,
      measured,
    }),
  );
  return {
    budgets,
    gpuHours: total(budgets.map((each) => total(each.hours) * Math.max(1, each.gpusPerRun))),
    // Experiments are trained one after the other; trainings on a CPU share its cores.
    wallHours: total(budgets.map((each) => wallHours(each.hours, each.gpusPerRun === 0 ? 1 : slots))),
    slots,
    unknown: budgets.flatMap((each) => each.unknown),
    problems: [
      ...probes.flatMap(({ problem }) => problem ?? []),
      ...budgets.flatMap((each) => each.problems),
    ],
  };
}

/** Why so many GPU-hours are not enough; undefined where they are. */
export function refusal({ gpuHours, unknown, problems }: Forecast, most: number): string | undefined {
  if (unknown.length > 0 || problems.length > 0)
    return (
      `--max-gpu-hours ${most} cannot be kept: ` +
      [...unknown.map((label) => `how long ${label} takes is not known`), ...problems]
        .slice(0, 3)
        .join('; ') +
      '. `npx mixlab probe` measures it'
    );
  if (gpuHours <= most) return undefined;
  return `what is left takes ${amount(gpuHours)} GPU-hours, more than --max-gpu-hours ${most}`;
}

/**
 * Whether a command may start: with `--max-gpu-hours` the budget is printed, and what is above it is refused.
 *
 * @param complain prints a line of the command's own
 */
export function isWithinBudget(
  question: BudgetQuestion,
  maxGpuHours: number | undefined,
  io: CommandIo,
  complain: (line: string) => void,
): boolean {
  if (maxGpuHours === undefined) return true;
  const found = forecast(question);
  io.stdout(renderForecast(found));
  const why = refusal(found, maxGpuHours);
  if (why !== undefined) complain(why);
  return why === undefined;
}

/** A line for each kind of work, the sums, and what they rest on. */
export function renderForecast(found: Forecast): string {
  const { budgets, gpuHours, wallHours: wall, slots, unknown } = found;
  const lines = budgets.flatMap(renderBudget);
  const more = unknown.length > 0 ? ', and what is not known' : '';
  if (budgets.some((each) => each.hours.length > 0)) {
    if (budgets.every((each) => each.gpusPerRun === 0))
      lines.push(`${duration(wall)} of this machine, however many trials at a time${more}`);
    else {
      const atATime = slots === Infinity ? 'all trials' : slots === 1 ? 'one trial' : `${slots} trials`;
      lines.push(`${amount(gpuHours)} GPU-hours${more}`, `${duration(wall)} with ${atATime} at a time`);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

function renderBudget(budget: Budget): string[] {
  const { experiment, trials, device, otherDevices, gpusPerRun, parts, assumptions, problems } = budget;
  if (trials === 0) return problems.length > 0 ? [] : [`${experiment}: nothing is left`];
  const where =
    device === null ? '' : gpusPerRun === 0 ? ', on the CPU' : `, on ${gpusPerRun} × ${device} each`;
  const width = Math.max(...parts.map(({ label }) => label.length));
  return [
    `${experiment}: ${trials} ${trials === 1 ? 'trial' : 'trials'} left${where}`,
    ...parts.map(({ label, trials: count, hours }) => {
      const time = hours === null ? 'not known; `npx mixlab probe` measures it' : duration(hours);
      return `  ${label.padEnd(width)}  ${String(count).padStart(4)}  ${time}`;
    }),
    ...(assumptions.length > 0 ? ['assumed:', ...assumptions.map((line) => `  ${line}`)] : []),
    ...(otherDevices.length > 0
      ? [`measured on others, too: ${otherDevices.join(', ')}; --device says which`]
      : []),
  ];
}

function duration(hours: number): string {
  if (hours * 3600 < 90) return `${amount(hours * 3600)} s`;
  if (hours < 1.5) return `${amount(hours * 60)} min`;
  return hours < 72 ? `${amount(hours)} h` : `${amount(hours / 24)} days`;
}

/** Three digits, or all before the point. */
function amount(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
