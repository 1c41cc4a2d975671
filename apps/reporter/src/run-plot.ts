import { dirname, join, resolve } from 'node:path';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';
import { makeFigure, plotKinds, readPlotData, renderPng, renderSvg } from '@mixlab/plots';
import type { Figure, PlotData, PlotKind } from '@mixlab/plots';
import { isTestMetric, metricProblem, readPlans, shownPath } from '@mixlab/results';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { PlotOptions } from './plot-options.ts';
import { printWarnings } from './print-warnings.ts';

const reasons = {
  curves: 'nothing has been evaluated yet',
  length: 'no run has completed',
  bars: 'no run has completed',
  sensitivity: 'no completed runs of one method differ in it',
} as const;

/** Why a kind of plot has nothing to draw. */
function reasonOf(kind: PlotKind, data: PlotData, options: PlotOptions): string {
  if (kind === 'curves' && isTestMetric(data.metric)) return 'a test has one number, and no curve';
  const isByHours = options.x === 'gpu-hours' && (kind === 'curves' || kind === 'length');
  if (isByHours && makeFigure(kind, data, { ...options, x: 'epochs' }))
    return 'the logs do not tell how long it took';
  return reasons[kind];
}

/**
 * Draws what the run directories of the chosen plans hold; prints the files that it writes to stdout, all else to stderr.
 *
 * @returns 0; 1 where a plan cannot be read, or a kind that was asked for has nothing to draw; 2 where nothing was selected
 */
export async function runPlot(options: PlotOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab plot: ${line}\n`);
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  problems.forEach(complain);
  const results = plans.map((plan) => plotPlan(plan, join(workDir, plan.experiment), options, io, complain));
  return results.includes(false) ? 1 : exitCode;
}

function plotPlan(
  plan: PlanFile,
  folder: string,
  options: PlotOptions,
  io: CommandIo,
  complain: (line: string) => void,
): boolean {
  const data = readPlotData(plan, folder, { metric: options.metric });
  const evaluated = data.runs.some(({ started }) => started.length > 0);
  if (options.metric !== undefined && !evaluated) {
    const why = metricProblem(plan, folder, options.metric);
    complain(why ?? `${plan.experiment}: no log has numbers for ${options.metric}`);
    return false;
  }
  const warnings = data.warnings.map((warning) => `${plan.experiment}: ${warning}`);
  printWarnings(warnings, io, 'mixlab table --json lists them all');
  const figures = (options.kind ?? plotKinds).map((kind) => ({
    kind,
    figure: makeFigure(kind, data, options),
  }));
  for (const { figure } of figures) {
    if (!figure) continue;
    figure.warnings.forEach((warning) => io.stderr(`warning: ${figure.kind}: ${warning}\n`));
    write(figure, options, io);
  }
  const empty = figures.filter(({ figure }) => !figure).map(({ kind }) => kind);
  const isAsked = options.kind !== undefined || empty.length === figures.length;
  for (const kind of isAsked ? empty : []) {
    const of = kind === 'sensitivity' ? ` of ${options.axis}` : '';
    complain(`${plan.experiment}: nothing to draw for ${kind}${of}: ${reasonOf(kind, data, options)}`);
  }
  return !isAsked || empty.length === 0;
}

function write(figure: Figure, options: PlotOptions, io: CommandIo): void {
  const folder = options.to === undefined ? join(io.home, 'plots') : resolve(io.cwd, options.to);
  const svg = renderSvg(figure, options.theme);
  for (const format of options.format) {
    const file = join(folder, figure.title, `${figure.kind}.${format}`);
    makeFolder(dirname(file));
    writeFileAtomic(file, format === 'svg' ? svg : Buffer.from(renderPng(svg)));
    io.stdout(`${shownPath(file, io.cwd)}\n`);
  }
}
