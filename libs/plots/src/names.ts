/** What can be drawn: the metric after each epoch, or the reported number by length of training, method or parameter. */
export const plotKinds = ['curves', 'length', 'bars', 'sensitivity'] as const;
export type PlotKind = (typeof plotKinds)[number];

export const themeNames = ['light', 'dark'] as const;
export type ThemeName = (typeof themeNames)[number];
