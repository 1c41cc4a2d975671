import type { Figure, FigureSeries } from './figure.ts';

/** What the figure shows, in words: axes, and where each series ends. */
export function describeFigure(figure: Figure): string {
  const { subtitle, xLabel, yLabel, panels } = figure;
  const shown = panels.map(({ title, series }) => {
    const ends = series.flatMap((each) => describeSeries(figure, each)).join('; ');
    return title === '' ? ends : `${title}: ${ends}`;
  });
  return [`${subtitle}. ${yLabel} by ${xLabel}.`, ...shown.filter(Boolean).map((text) => `${text}.`)].join(
    '\n',
  );
}

function describeSeries({ mark, scale, categories }: Figure, { name, points }: FigureSeries): string[] {
  const told = mark === 'band' ? points.slice(-1) : points;
  const at = (x: number) => (scale === 'category' ? categories[x] : String(Number(x.toFixed(3))));
  const values = told.map(({ x, y, std }) => {
    return `${y.toFixed(2)}${std === null ? '' : ` ± ${std.toFixed(2)}`} at ${at(x)}`;
  });
  return values.length > 0 ? [`${name} ${values.join(', ')}`] : [];
}
