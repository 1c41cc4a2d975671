export { curveFigure } from './curve-figure.ts';
export type { NamedCurve } from './curve-figure.ts';
export { describeFigure } from './describe-figure.ts';
export { drawFigure } from './draw.ts';
export type { Figure, FigurePoint } from './figure.ts';
export type { ThemeName } from './names.ts';
