import { join } from 'node:path';
import type { JsonObject, JsonValue, PlanRun } from '@mixlab/contracts';
import type { ShownTrial } from '@mixlab/launcher/queued-trials';
import { makeFigure, metricLabel, readPlotData } from '@mixlab/plots';
import {
  AttemptOutput,
  circumstances,
  describeReport,
  flatten,
  layOut,
  readJson,
  readProvenance,
  readTrialLog,
  shownPath,
} from '@mixlab/results';
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
  const { plan, folder } = experiment;
  const trials = experiment.trials.filter((trial) => trial.run === run.name);
  const constants = layOut(plan.runs).constants;
  const completed = trials.filter(({ state }) => state === 'completed').length;
  return {
    experiment: plan.experiment,
    run: run.name,
    hash: run.hash,
    report: describeReport(run.report),
    result: `${completed} of ${run.trials} trials completed`,
    varied: facts(Object.fromEntries(Object.entries(run.axes).filter(([path]) => !(path in constants)))),
    config: readConfig(observatory, experiment, run, trials),
    metrics: metricsOf(experiment, run, trials),
    trials: trials.map((trial) => readDetail(observatory, folder, trial, outputLines)),
    warnings: trials.flatMap(({ trial, warnings }) => warnings.map((each) => `trial ${trial}: ${each}`)),
  };
}

/** The config that trained, of the first trial that has begun; else the one that was generated. */
function readConfig(
  observatory: Observatory,
  { plan, folder }: ObservedExperiment,
  run: PlanRun,
  trials: readonly ShownTrial[],
): RunView['config'] {
  const begun = trials.flatMap(({ directory }) =>
    directory ? [join(folder, directory, 'config.json')] : [],
  );
  for (const file of [...begun, join(observatory.out, plan.experiment, run.config)]) {
    if (!isInside(file, observatory.folders)) continue;
    const content = readJson(file);
    if (content.kind !== 'value' || !isObject(content.value)) continue;
    return { file: shownPath(file, observatory.home), values: facts(flatten(content.value)) };
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

/** Curves of what the logs evaluate, the reported metric first. */
function metricsOf(
  { plan, folder, directories }: ObservedExperiment,
  run: PlanRun,
  trials: readonly ShownTrial[],
): MetricView[] {
  const logged = trials.flatMap(({ directory }) => (directory ? metricsIn(join(folder, directory)) : []));
  const metrics = [...new Set([run.report.metric, ...logged])].slice(0, METRICS_SHOWN);
  return metrics.flatMap((metric): MetricView[] => {
    const data = readPlotData({ ...plan, runs: [run] }, folder, { metric, directories });
    const figure = makeFigure('curves', data, { x: 'epochs', axis: '' });
    const started = data.runs[0]?.started ?? [];
    if (started.length === 0) return [];
    const ofTrials = started.map(({ trial, curve }) => ({
      trial,
      points: curve.epochs.map((x, index) => ({ x, y: curve.values[index]!, std: null, n: 1 })),
    }));
    const mean = figure?.panels[0]?.series[0]?.points ?? [];
    return [{ metric, label: metricLabel(metric), mean, trials: ofTrials }];
  });
}

function metricsIn(directory: string): string[] {
  try {
    const fields = readTrialLog(directory)?.evaluations.at(-1)?.fields ?? {};
    return Object.keys(fields).filter((name) => typeof fields[name] === 'number' && !NO_METRICS.has(name));
  } catch {
    return [];
  }
}

function readDetail(
  observatory: Observatory,
  folder: string,
  trial: ShownTrial,
  outputLines: number,
): TrialDetail {
  const directory = trial.directory && join(folder, trial.directory);
  const nothing = { trial: viewOf(trial), provenance: [], output: null };
  if (!directory || !isInside(directory, observatory.folders)) return nothing;
  const output = outputLines > 0 ? lastOutput(observatory, directory, outputLines) : null;
  return { ...nothing, provenance: provenanceIn(directory), output };
}

function provenanceIn(directory: string): Fact[] {
  const known = readProvenance(join(directory, 'provenance.json'));
  if (!known) return [];
  const found = circumstances([known]).flatMap(({ name, values }): Fact[] => {
    return values[0] ? [[name, values[0].value]] : [];
  });
  return [...found, ['command', known.command.join(' ')]];
}

/** What the newest attempt printed last; null where that is nothing, or lies outside of the work folder. */
function lastOutput(observatory: Observatory, directory: string, lines: number): OutputView | null {
  const output = new AttemptOutput(directory, { lines });
  if (!isOutputInside(output, directory, observatory)) return null;
  let text = '';
  output.read((piece) => (text += piece));
  return text === '' ? null : { attempt: output.attempt, text };
}

export function isOutputInside(output: AttemptOutput, directory: string, { folders }: Observatory): boolean {
  return output
    .attempts()
    .every((attempt) => isInside(join(directory, 'attempts', `${attempt}.log`), folders));
}
