import { join } from 'node:path';
import type { JsonObject, JsonValue, PlanRun } from '@mixlab/contracts';
import type { ShownTrial } from '@mixlab/launcher/queued-trials';
import { makeFigure, metricLabel, readPlotData } from '@mixlab/plots';
import type { PlotData } from '@mixlab/plots';
import {
  AttemptOutput,
  circumstances,
  describeReport,
  flatten,
  readProvenance,
  readRunConfig,
  readTrialLog,
  shownPath,
} from '@mixlab/results';
import type { TrialLog } from '@mixlab/results';
import { isInside } from './inside.ts';
import { viewOf } from './observed-experiment.ts';
import type { ObservedExperiment } from './observed-experiment.ts';
import type { Observatory } from './observatory.ts';
import type { Fact, MetricView, OutputView, RunView, TrialDetail } from './view.ts';

const NO_METRICS: ReadonlySet<string> = new Set(['epoch', 'step', 'iter', 'attempt', 'lr']);
const METRICS_SHOWN = 8;

/** What there is to say of one run; `outputLines` of what its trials print, none for a page that follows it. */
export function readRunView(
  observatory: Observatory,
  experiment: ObservedExperiment,
  run: PlanRun,
  outputLines = 0,
): RunView {
  const { plan, folder, constants } = experiment;
  const trials = experiment.trialsOf(run.name);
  const inside = observatory.realFolders;
  const { metrics, warnings } = metricsOf(experiment, run, trials);
  const completed = trials.filter(({ state }) => state === 'completed').length;
  return {
    experiment: plan.experiment,
    run: run.name,
    hash: run.hash,
    report: describeReport(run.report),
    result: `${completed} of ${run.trials} trials completed`,
    leftOutAfter: experiment.leftOutAfter(run.name),
    varied: facts(Object.fromEntries(Object.entries(run.axes).filter(([path]) => !(path in constants)))),
    config: readConfig(observatory, inside, experiment, run, trials),
    metrics,
    trials: trials.map((trial) => readDetail(inside, folder, trial, outputLines)),
    warnings,
  };
}

/** The config that trained, of the first trial that has begun; else the one that was generated. */
function readConfig(
  { out, home }: Observatory,
  inside: readonly string[],
  { plan, folder }: ObservedExperiment,
  run: PlanRun,
  trials: readonly ShownTrial[],
): RunView['config'] {
  const begun = trials.flatMap(({ directory }) =>
    directory ? [join(folder, directory, 'config.json')] : [],
  );
  for (const file of [...begun, join(out, plan.experiment, run.config)]) {
    if (!isInside(file, inside)) continue;
    const content = readRunConfig(file);
    if (content.kind !== 'value' || !isObject(content.value)) continue;
    return { file: shownPath(file, home), values: facts(flatten(content.value)) };
  }
  return null;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function facts(values: Readonly<Record<string, JsonValue>>): Fact[] {
  return Object.entries(values).map(([path, value]): Fact => {
    return [path, typeof value === 'string' ? value : JSON.stringify(value)];
  });
}

/** Curves of what the logs evaluate, the reported metric first, and what the table warns of that one. */
function metricsOf(
  { plan, folder, directories }: ObservedExperiment,
  run: PlanRun,
  trials: readonly ShownTrial[],
): Pick<RunView, 'metrics' | 'warnings'> {
  const logs = new Map<string, TrialLog | undefined>();
  const readLog = (path: string) => {
    if (!logs.has(path)) logs.set(path, readTrialLog(path));
    return logs.get(path);
  };
  const logged = trials.flatMap(({ directory }) =>
    directory ? metricsIn(`${folder}/${directory}`, readLog) : [],
  );
  const names = [...new Set([run.report.metric, ...logged])].slice(0, METRICS_SHOWN);
  const read = names.map((metric) =>
    readPlotData({ ...plan, runs: [run] }, folder, { metric, directories, readLog }),
  );
  return { metrics: read.flatMap(metricOf), warnings: read[0]!.warnings };
}

function metricOf(data: PlotData): MetricView[] {
  const curves = (data.runs[0]?.started ?? []).filter(({ curve }) => curve.epochs.length > 0);
  if (curves.length === 0) return [];
  const figure = makeFigure('curves', data, { x: 'epochs', axis: '' });
  const trials = curves.map(({ trial, curve }) => ({
    trial,
    points: curve.epochs.map((x, index) => ({ x, y: curve.values[index]!, std: null, n: 1 })),
  }));
  const mean = figure?.panels[0]?.series[0]?.points ?? [];
  return [{ metric: data.metric, label: metricLabel(data.metric), mean, trials }];
}

function metricsIn(directory: string, readLog: typeof readTrialLog): string[] {
  try {
    const fields = readLog(directory)?.evaluations.at(-1)?.fields ?? {};
    return Object.keys(fields).filter((name) => typeof fields[name] === 'number' && !NO_METRICS.has(name));
  } catch {
    return [];
  }
}

function readDetail(
  inside: readonly string[],
  folder: string,
  trial: ShownTrial,
  outputLines: number,
): TrialDetail {
  const directory = trial.directory && join(folder, trial.directory);
  const nothing = { trial: viewOf(trial), provenance: [], output: null };
  if (!directory) return nothing;
  const output = outputLines > 0 ? lastOutput(inside, directory, outputLines) : null;
  return { ...nothing, provenance: provenanceIn(directory, inside), output };
}

function provenanceIn(directory: string, inside: readonly string[]): Fact[] {
  const file = join(directory, 'provenance.json');
  const known = isInside(file, inside) ? readProvenance(file) : undefined;
  if (!known) return [];
  const found = circumstances([known]).flatMap(({ name, values }): Fact[] => {
    return values[0] ? [[name, values[0].value]] : [];
  });
  return [...found, ['command', known.command.join(' ')]];
}

/** What the newest attempt printed last; null where that is nothing, or lies outside of the work folder. */
function lastOutput(inside: readonly string[], directory: string, lines: number): OutputView | null {
  const output = new AttemptOutput(directory, { lines });
  if (!isOutputInside(output, directory, inside)) return null;
  let text = '';
  output.read((piece) => (text += piece));
  return text === '' ? null : { attempt: output.attempt, text };
}

/** Whether all that the attempts of a trial print lies within the folders, links followed. */
export function isOutputInside(output: AttemptOutput, directory: string, inside: readonly string[]): boolean {
  return output
    .attempts()
    .every((attempt) => isInside(join(directory, 'attempts', `${attempt}.log`), inside));
}
