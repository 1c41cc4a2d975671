import type { Figure, FigurePoint } from './figure.ts';

export interface NamedCurve {
  readonly name: string;
  /** By epoch, ascending. */
  readonly points: readonly FigurePoint[];
}

/** Learning curves of one metric, whichever runs and trials they are of, in one panel. */
export function curveFigure(title: string, yLabel: string, curves: readonly NamedCurve[]): Figure {
  const drawn = curves.filter(({ points }) => points.length > 0);
  return {
    kind: 'curves',
    title,
    subtitle: `${yLabel} after each epoch`,
    xLabel: 'epochs',
    yLabel,
    scale: 'linear',
    categories: [],
    mark: 'band',
    panels: [{ title: '', series: drawn.map(({ name, points }, rank) => ({ name, rank, points })) }],
    warnings: [],
  };
}
