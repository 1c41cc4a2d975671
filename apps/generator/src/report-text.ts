import { alignColumns, runsAtRungs } from '@mixlab/contracts';
import type { EngineeredPlan } from './engines.ts';
import type { GeneratedExperiment, Generation } from './generation.ts';
import { launchCommand } from './launch-command.ts';

/** Commands to type that are printed at most. */
const MAX_COMMANDS = 8;

/** What `configs` prints: what became of each experiment's files, and what to type next. */
export function generationText(generation: Generation, cwd: string): string {
  const { experiments, leftAlone, untaken, dryRun } = generation;
  const lines = dryRun ? experiments.flatMap(runTable) : [];
  lines.push(...alignColumns(experiments.map((experiment) => summaryRow(experiment, dryRun))));
  lines.push(...leftOutLines([...experiments, ...untaken]));
  if (leftAlone.length > 0)
    lines.push(`left alone, for nothing in them is selected: ${leftAlone.join(', ')}`);
  if (!dryRun) lines.push('', ...nextCommands(generation, cwd));
  return lines.map((line) => `${line}\n`).join('');
}

function summaryRow({ plan, files }: GeneratedExperiment, dryRun: boolean): string[] {
  const { experiment, selectedSize, size } = plan;
  const runs =
    selectedSize === size ? `${size} ${size === 1 ? 'run' : 'runs'}` : `${selectedSize} of ${size} runs`;
  const { written, unchanged, removed } = files;
  const counts = dryRun
    ? `would write ${written}, leave ${unchanged} unchanged, remove ${removed}`
    : `${written} written, ${unchanged} unchanged, ${removed} removed`;
  return [experiment, runs, counts];
}

/** What an engine could not take, by experiment and reason, each with its number of runs. */
function leftOutLines(plans: readonly EngineeredPlan[]): string[] {
  const rows = plans.flatMap(({ plan, leftOut }) => {
    const counts = new Map<string, number>();
    for (const { reasons } of leftOut) {
      const reason = reasons.join('; ');
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts].map(([reason, count]) => [
      `  ${plan.experiment}`,
      `${count} ${count === 1 ? 'run' : 'runs'}`,
      reason,
    ]);
  });
  const engine = plans.find(({ leftOut }) => leftOut.length > 0)?.engine.name;
  return rows.length > 0 ? ['', `left out, for ${engine} cannot take it:`, ...alignColumns(rows)] : [];
}

/** A row for each selected run: its name and the axes that tell it from others. */
function runTable({ plan }: GeneratedExperiment): string[] {
  const runs = [...plan.runs()].filter((run) => run.selected);
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))];
  const rows = runs.map((run) => [run.name, ...axes.map((axis) => cell(run.axes[axis])), String(run.trials)]);
  const table = alignColumns([['run', ...axes, 'trials'], ...rows]);
  return [plan.experiment, ...table.map((line) => `  ${line}`), ...rungLine(plan, runs.length), ''];
}

/** How many of the runs are trained to each rung. */
function rungLine({ halving }: EngineeredPlan['plan'], runs: number): string[] {
  if (!halving) return [];
  const counts = runsAtRungs(halving, runs);
  const steps = halving.rungs.map((epochs, rung) => `${counts[rung]} to epoch ${epochs}`);
  return [`  halving by ${halving.metric}: ${steps.join(', ')}`];
}

function cell(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function nextCommands({ out, experiments }: Generation, cwd: string): string[] {
  const commands = experiments.map(({ plan }) => launchCommand(out, plan.experiment, cwd));
  const more = commands.length - MAX_COMMANDS;
  const shown = commands
    .slice(0, MAX_COMMANDS)
    .map((command, index) => `${index === 0 ? 'next: ' : '      '}${command}`);
  return more > 0 ? [...shown, `      and ${more} more like these`] : shown;
}
