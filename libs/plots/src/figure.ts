import type { PlotKind } from './names.ts';

/** A value of a run, over its trials. */
export interface FigurePoint {
  readonly x: number;
  readonly y: number;
  /** Sample standard deviation over trials; null for fewer than two. */
  readonly std: number | null;
  /** Trials behind it. */
  readonly n: number;
}

export interface FigureSeries {
  readonly name: string;
  /** Its place among all series of the figure, from 0: what its colour and dash follow from. */
  readonly rank: number;
  /** By x, ascending. */
  readonly points: readonly FigurePoint[];
}

export interface FigurePanel {
  /** What its runs have in common that those of other panels have not; empty for the only panel. */
  readonly title: string;
  readonly series: readonly FigureSeries[];
}

/** A figure as data: everything that is drawn, numbers in full. */
export interface Figure {
  /** The kind of plot, by the name that `--kind` takes. */
  readonly kind: PlotKind;
  readonly title: string;
  readonly subtitle: string;
  /** `epoch`, `top1 (%)`. */
  readonly xLabel: string;
  readonly yLabel: string;
  /** How x is laid out: along a line, along a logarithmic one, or one place for each of `categories`, whose index x then is. */
  readonly scale: 'linear' | 'log' | 'category';
  readonly categories: readonly string[];
  /** How values are drawn: a line within a band, a line with bars of error, bars with bars of error. */
  readonly mark: 'band' | 'line' | 'bar';
  readonly panels: readonly FigurePanel[];
  /** What is not in the figure, and why. */
  readonly warnings: readonly string[];
}
