import type { CustomSeriesOption, EChartsOption, SeriesOption } from 'echarts';
import type { Figure, FigurePanel, FigurePoint, FigureSeries } from './figure.ts';
import type { ThemeName } from './names.ts';
import { strokeOf, themes } from './palette.ts';
import type { Theme } from './palette.ts';

/** A figure as ECharts takes it, and the size that it needs, in pixels. */
export interface Drawing {
  readonly option: EChartsOption;
  readonly width: number;
  readonly height: number;
}

const PANEL = { width: 400, height: 300 };
/** What is around the axes of a panel: labels, and its title. */
const MARGIN = { left: 68, right: 18, top: 44, bottom: 56 };
const HEAD = 66;
const LEGEND_LINE = 24;
const CHARACTER = 7.4;
const MOST_COLUMNS = 3;
/** Room for the name of a category under its place. */
const CATEGORY_WIDTH = 90;
const BAR_WIDTH = 16;

/** Lays out the panels of a figure in rows of up to three, under one title and one legend. */
export function drawFigure(figure: Figure, themeName: ThemeName = 'light'): Drawing {
  const theme = themes[themeName];
  const { panels } = figure;
  const columns = Math.min(MOST_COLUMNS, Math.max(1, panels.length));
  const rows = Math.max(1, Math.ceil(panels.length / columns));
  const panelWidth = widthOfPanels(figure, columns);
  const width = Math.max(panelWidth * columns, 640);
  const names = seriesNames(figure);
  const legend = legendHeight([...names.keys()], width);
  const top = HEAD + legend;
  const places = panels.map((_, index) => ({
    left: (index % columns) * panelWidth,
    top: top + Math.floor(index / columns) * PANEL.height,
  }));
  const option: EChartsOption = {
    animation: false,
    backgroundColor: theme.background,
    textStyle: { fontFamily: 'DejaVu Sans, Verdana, sans-serif', color: theme.text },
    title: [
      heading(figure, theme),
      ...panels.map((panel, index) => panelTitle(panel, places[index]!, theme)),
    ],
    legend: {
      top: HEAD - 8,
      left: 12,
      width: width - 24,
      itemGap: 14,
      data: [...names.keys()],
      textStyle: { color: theme.text },
    },
    grid: places.map((place) => ({
      left: place.left + MARGIN.left,
      top: place.top + MARGIN.top,
      width: panelWidth - MARGIN.left - MARGIN.right,
      height: PANEL.height - MARGIN.top - MARGIN.bottom,
    })),
    xAxis: panels.map((_, index) => xAxis(figure, index, theme)),
    yAxis: panels.map((_, index) => yAxis(figure, index, theme)),
    series: panels.flatMap((panel, index) =>
      panel.series.flatMap((series, place) => drawSeries(figure, panel, series, place, index)),
    ),
  };
  return { option, width, height: top + rows * PANEL.height };
}

function widthOfPanels(figure: Figure, columns: number): number {
  const categories = figure.scale === 'category' ? figure.categories.length : 0;
  const bars = figure.mark === 'bar' ? Math.max(0, ...figure.panels.map(({ series }) => series.length)) : 0;
  const needed = categories * Math.max(CATEGORY_WIDTH, (bars + 1) * BAR_WIDTH) + MARGIN.left + MARGIN.right;
  return Math.max(columns === 1 ? 640 : PANEL.width, needed);
}

function seriesNames({ panels }: Figure): Map<string, number> {
  const all = panels.flatMap(({ series }) => series);
  return new Map([...all].sort((a, b) => a.rank - b.rank).map(({ name, rank }) => [name, rank]));
}

function legendHeight(names: readonly string[], width: number): number {
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const needed = 46 + name.length * CHARACTER;
    if (used > 0 && used + needed > width - 24) {
      lines += 1;
      used = 0;
    }
    used += needed;
  }
  return lines * LEGEND_LINE;
}

function heading({ title, subtitle }: Figure, theme: Theme) {
  return {
    text: title,
    subtext: subtitle,
    left: 12,
    top: 8,
    textStyle: { color: theme.text, fontSize: 16 },
    subtextStyle: { color: theme.faint, fontSize: 12 },
  };
}

function panelTitle({ title }: FigurePanel, { left, top }: { left: number; top: number }, theme: Theme) {
  return {
    text: title,
    left: left + MARGIN.left - 4,
    top: top + 6,
    textStyle: { color: theme.text, fontSize: 13, fontWeight: 'normal' as const },
  };
}

function axisStyle(theme: Theme) {
  return {
    nameLocation: 'middle' as const,
    nameTextStyle: { color: theme.text },
    axisLabel: { color: theme.text, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: theme.faint } },
    splitLine: { lineStyle: { color: theme.grid } },
  };
}

function xAxis(figure: Figure, gridIndex: number, theme: Theme) {
  const style = { ...axisStyle(theme), gridIndex, name: figure.xLabel, nameGap: 30 };
  if (figure.scale === 'category')
    return { ...style, type: 'category' as const, data: [...figure.categories], splitLine: { show: false } };
  const xs = figure.panels[gridIndex]!.series.flatMap(({ points }) => points.map(({ x }) => x));
  const bounds = xs.length > 0 ? { min: Math.min(...xs), max: Math.max(...xs) } : {};
  if (figure.scale === 'log') return { ...style, type: 'log' as const, ...bounds };
  // From nought on, as one reads a training's length.
  return { ...style, type: 'value' as const, min: 0 };
}

function yAxis({ yLabel, panels }: Figure, gridIndex: number, theme: Theme) {
  return {
    ...axisStyle(theme),
    ...limits(yLabel, panels[gridIndex]!),
    gridIndex,
    type: 'value' as const,
    name: yLabel,
    nameGap: 46,
    scale: true,
    boundaryGap: ['10%', '10%'] as [string, string],
  };
}

/** No room below nought where nothing is, nor above 100 %. */
function limits(yLabel: string, { series }: FigurePanel): { readonly min?: number; readonly max?: number } {
  const points = series.flatMap((each) => each.points);
  const [least, most] = [Math.min(...points.map(low)), Math.max(...points.map(high))];
  const room = 0.1 * (most - least);
  return {
    ...(least >= 0 && least - room <= 0 && { min: 0 }),
    ...(yLabel.endsWith('(%)') && most <= 100 && most + room >= 100 && { max: 100 }),
  };
}

function drawSeries(
  { mark }: Figure,
  panel: FigurePanel,
  { name, rank, points }: FigureSeries,
  place: number,
  axis: number,
): SeriesOption[] {
  const { color, dash } = strokeOf(rank);
  const common = { name, xAxisIndex: axis, yAxisIndex: axis, silent: true, itemStyle: { color } };
  if (mark === 'bar') {
    const data = points.map(({ x, y }) => [x, y]);
    const bars: SeriesOption = { ...common, type: 'bar', barMaxWidth: BAR_WIDTH, barGap: '10%', data };
    return [bars, whiskers(points, common, '#808080', { place, of: panel.series.length })];
  }
  const line: SeriesOption = {
    ...common,
    type: 'line',
    data: points.map(({ x, y }) => [x, y]),
    symbol: 'circle',
    showSymbol: mark === 'line' || points.length === 1,
    symbolSize: 7,
    lineStyle: { color, type: dash, width: 2 },
  };
  if (mark === 'line') return [line, whiskers(points, common, color, undefined)];
  // The legend takes its mark from the first one.
  return [line, band(points, common, color)];
}

type Common = Pick<CustomSeriesOption, 'name' | 'xAxisIndex' | 'yAxisIndex' | 'silent' | 'itemStyle'>;

/** Mean ± std as a strip behind the line, in pieces where some epochs have one trial alone. */
function band(points: readonly FigurePoint[], common: Common, color: string): CustomSeriesOption {
  const pieces: FigurePoint[][] = [[]];
  for (const point of points) {
    if (point.std === null) pieces.push([]);
    else pieces.at(-1)!.push(point);
  }
  const drawn = pieces.filter(({ length }) => length > 1);
  return {
    ...common,
    type: 'custom',
    // Their extent counts for the axis.
    data: drawn.flatMap((piece, index) => [
      [piece[0]!.x, Math.min(...piece.map(low)), index],
      [piece.at(-1)!.x, Math.max(...piece.map(high)), -1],
    ]),
    clip: true,
    z: 1,
    renderItem: (_, api) => {
      const piece = drawn[Number(api.value(2))];
      if (!piece) return undefined as never;
      const upper = piece.map((point) => api.coord([point.x, high(point)]));
      const lower = piece.toReversed().map((point) => api.coord([point.x, low(point)]));
      return {
        type: 'polygon',
        shape: { points: [...upper, ...lower] },
        style: { fill: color, opacity: 0.18 },
      };
    },
  };
}

/** A bar of error of mean ± std through each value that has one, in the middle of its bar where there are bars. */
function whiskers(
  points: readonly FigurePoint[],
  common: Common,
  color: string,
  bars: { readonly place: number; readonly of: number } | undefined,
): CustomSeriesOption {
  return {
    ...common,
    type: 'custom',
    data: points.flatMap((point) => (point.std === null ? [] : [[point.x, low(point), high(point)]])),
    encode: { x: 0, y: [1, 2] },
    z: 3,
    renderItem: (_, api) => {
      const x = api.value(0);
      const [left = 0, bottom = 0] = api.coord([x, api.value(1)]);
      const [, top = 0] = api.coord([x, api.value(2)]);
      const layout =
        bars && api.barLayout({ count: bars.of, barMaxWidth: BAR_WIDTH, barGap: '10%' })?.[bars.place];
      const middle = left + (layout?.offsetCenter ?? 0);
      const stroke = { stroke: color, lineWidth: 1.5 };
      const across = (y: number) => ({
        type: 'line' as const,
        shape: { x1: middle - 4, y1: y, x2: middle + 4, y2: y },
        style: stroke,
      });
      const along = {
        type: 'line' as const,
        shape: { x1: middle, y1: bottom, x2: middle, y2: top },
        style: stroke,
      };
      return { type: 'group', children: [along, across(bottom), across(top)] };
    },
  };
}

function low({ y, std }: FigurePoint): number {
  return y - (std ?? 0);
}

function high({ y, std }: FigurePoint): number {
  return y + (std ?? 0);
}
