import type { JsonValue } from '@mixlab/contracts';
import { columnLabel, describeReport, isPercentage, mean, rowLabel, sampleStd } from '@mixlab/results';
import type { Figure, FigurePoint, FigureSeries } from './figure.ts';
import type { PlotKind } from './names.ts';
import { gpuHours } from './plot-data.ts';
import type { PlotData, PlotRun } from './plot-data.ts';

export interface FigureOptions {
  /** What a training's length is measured in. */
  readonly x: 'epochs' | 'gpu-hours';
  /** The axis whose sensitivity is shown: a path of the run config, `mixMode.alpha` for a parameter of the methods. */
  readonly axis: string;
}

/** A value at a place of the figure, before panels and series are made of them. */
interface Dot extends FigurePoint {
  /** Axes of the run that tell its panel. */
  readonly panel: Readonly<Record<string, JsonValue>>;
  readonly name: string;
}

type Content = Pick<Figure, 'xLabel' | 'scale' | 'categories' | 'mark' | 'warnings'> & {
  readonly dots: readonly Dot[];
  /** What the values are, as `median of top1 over the last 5 epochs`. */
  readonly values?: string;
};

const makers: Readonly<Record<PlotKind, (data: PlotData, options: FigureOptions) => Content>> = {
  curves: makeCurves,
  length: makeLength,
  bars: makeBars,
  sensitivity: makeSensitivity,
};

/** A figure of one kind; undefined where the plan or its logs have nothing for it yet. */
export function makeFigure(kind: PlotKind, data: PlotData, options: FigureOptions): Figure | undefined {
  const { dots, values = reportsOf(data), ...content } = makers[kind](data, options);
  if (dots.length === 0) return undefined;
  const trials = Math.max(...dots.map(({ n }) => n));
  const spread = trials > 1 ? `, mean ± sample std over ${trials} trials` : '';
  const shared = columnLabel(data.layout.constants);
  return {
    kind,
    title: data.plan.experiment,
    subtitle: `${values}${spread}${shared === '' ? '' : `; ${shared}`}`,
    yLabel: metricLabel(data.metric),
    ...content,
    panels: panelsOf(dots),
  };
}

/** `top1 (%)`, `loss`. */
export function metricLabel(metric: string): string {
  return isPercentage(metric) ? `${metric} (%)` : metric;
}

function reportsOf({ runs }: PlotData): string {
  return [...new Set(runs.map(({ run }) => describeReport(run.report)))].join(', or ');
}

function panelsOf(dots: readonly Dot[]): Figure['panels'] {
  const names = [...new Set(dots.map(({ name }) => name))];
  const titles = [...new Set(dots.map(({ panel }) => columnLabel(panel)))];
  return titles.map((title) => {
    const inside = dots.filter(({ panel }) => columnLabel(panel) === title);
    const series = names.flatMap((name, rank): FigureSeries[] => {
      const points = inside
        .filter((dot) => dot.name === name)
        .map(({ x, y, std, n }) => ({ x, y, std, n }))
        .sort((a, b) => a.x - b.x);
      return points.length > 0 ? [{ name, rank, points }] : [];
    });
    return { title, series };
  });
}

/** The metric after each epoch. Where trials are not equally far, their mean ends with the shortest. */
function makeCurves(data: PlotData, { x }: FigureOptions): Content {
  const warnings: string[] = [];
  const dots = data.runs.flatMap((each): Dot[] => {
    const { run } = each;
    const started = each.started.filter(({ curve }) => curve.epochs.length > 0);
    if (started.length === 0) return [];
    const [first, ...others] = started.map(({ curve }) => new Set(curve.epochs));
    const shared = [...first!].filter((epoch) => others.every((epochs) => epochs.has(epoch)));
    const furthest = Math.max(...started.map(({ curve }) => curve.epochs.at(-1)!));
    if (shared.at(-1) !== furthest)
      warnings.push(`${run.name}: trials are not equally far, drawn up to epoch ${shared.at(-1) ?? 0}`);
    return shared.flatMap((epoch) => {
      const place = x === 'epochs' ? epoch : meanOf(started.map((trial) => gpuHours(trial, epoch)));
      if (place === null) return [];
      const values = started.map(({ curve }) => curve.values[curve.epochs.indexOf(epoch)]!);
      return [{ ...dotOf(data, each), x: place, ...spreadOf(values) }];
    });
  });
  return {
    ...lengthAxis(data, x),
    mark: 'band',
    dots,
    warnings: [...warnings, ...withoutHours(data, x)],
    values: `${data.metric} after each epoch`,
  };
}

/** The reported number against the length of a training. */
function makeLength(data: PlotData, { x }: FigureOptions): Content {
  const dots = data.runs.flatMap((each): Dot[] => {
    const completed = each.started.filter(({ state }) => state === 'completed');
    const lengths = completed.map((trial) => {
      return x === 'epochs' ? trial.maxEpochs : gpuHours(trial, trial.maxEpochs ?? trial.epoch);
    });
    const place = meanOf(lengths);
    if (place === null) return [];
    return resultDots(data, each, place, ['maxEpochs']);
  });
  return { ...lengthAxis(data, x), mark: 'line', dots, warnings: withoutHours(data, x) };
}

/** The reported number of each method, side by side for every backbone. */
function makeBars(data: PlotData): Content {
  // What there is no backbone of stands by its column.
  const columnAxes = Object.keys(data.layout.columns[0]?.axes ?? {});
  const along = data.runs.some(({ run }) => 'backbone' in run.axes) ? ['backbone'] : columnAxes;
  const labelOf = ({ run }: PlotRun) => columnLabel(pickAxes(run.axes, (path) => along.includes(path)));
  const ordered = [...data.runs].sort((a, b) => a.column - b.column);
  const categories = [...new Set(ordered.map(labelOf))];
  const dots = data.runs.flatMap((each) => resultDots(data, each, categories.indexOf(labelOf(each)), along));
  return { xLabel: '', scale: 'category', categories, mark: 'bar', dots, warnings: [] };
}

/** The reported number against one parameter, for the methods that vary it. */
function makeSensitivity(data: PlotData, { axis }: FigureOptions): Content {
  const parameter = axis.startsWith('mixMode.') ? axis.slice('mixMode.'.length) : undefined;
  const valueOf = ({ run }: PlotRun) => (parameter ? run.method[parameter] : run.axes[axis]);
  const named = data.runs.flatMap((each) => {
    const value = valueOf(each);
    const { value: method, parameters } = data.layout.rows[each.row]!;
    const others = pickAxes(parameters, (path) => path !== parameter);
    return typeof value === 'number' ? [{ each, value, name: rowLabel(method, others) }] : [];
  });
  const varying = named.filter(({ name, value }) =>
    named.some((other) => other.name === name && other.value !== value),
  );
  const dots = varying.flatMap(({ each, value, name }) =>
    resultDots(data, each, value, [axis]).map((dot) => ({ ...dot, name })),
  );
  const values = dots.map(({ x }) => x);
  const isWide = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= 10;
  return {
    xLabel: parameter === 'alpha' ? 'α' : (parameter ?? axis),
    scale: isWide ? 'log' : 'linear',
    categories: [],
    mark: 'line',
    dots,
    warnings: [],
  };
}

function lengthAxis(
  { runs }: PlotData,
  x: FigureOptions['x'],
): Pick<Figure, 'xLabel' | 'scale' | 'categories'> {
  if (x === 'epochs') return { xLabel: x, scale: 'linear', categories: [] };
  const devices = runs.flatMap(({ started }) => started.map(({ pace }) => pace()?.device));
  const hours = devices.includes('cpu') ? 'hours (CPU processes together)' : 'GPU-hours';
  return { xLabel: hours, scale: 'linear', categories: [] };
}

function withoutHours({ runs }: PlotData, x: FigureOptions['x']): string[] {
  if (x === 'epochs') return [];
  const silent = runs.filter(({ started }) => started.some(({ pace }) => !pace()));
  return silent.map(({ run }) => `${run.name}: its logs do not tell how long it took, left out`);
}

/** The reported number of a run in the panel of all its axes but `along`; none where no trial has completed. */
function resultDots(data: PlotData, each: PlotRun, x: number, along: readonly string[]): Dot[] {
  const { mean: y, std, n } = each.result;
  return y === null ? [] : [{ ...dotOf(data, each, along), x, y, std, n }];
}

function dotOf(
  { layout }: PlotData,
  { row, column }: PlotRun,
  along: readonly string[] = [],
): Pick<Dot, 'panel' | 'name'> {
  const panel = pickAxes(layout.columns[column]!.axes, (path) => !along.includes(path));
  return { panel, name: layout.rows[row]!.label };
}

function pickAxes(
  axes: Readonly<Record<string, JsonValue>>,
  wanted: (path: string) => boolean,
): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(axes).filter(([path]) => wanted(path)));
}

function spreadOf(values: readonly number[]): Pick<FigurePoint, 'y' | 'std' | 'n'> {
  return { y: mean(values), std: sampleStd(values), n: values.length };
}

/** Null of nothing, and where one of them is not known. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 && known.length === values.length ? mean(known) : null;
}
