import type { ThemeName } from './names.ts';

/** Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008), but for its yellow and black. */
const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f', '#8c510a'];
const DASHES = ['solid', 'dashed', 'dotted'] as const;

/** Colour and dash of the series at `rank`, from 0: 24 that differ. */
export function strokeOf(rank: number): { readonly color: string; readonly dash: (typeof DASHES)[number] } {
  return {
    color: HUES[rank % HUES.length]!,
    dash: DASHES[Math.floor(rank / HUES.length) % DASHES.length]!,
  };
}

export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
}

export const themes = {
  light: { background: '#ffffff', text: '#1a1a1a', faint: '#595959', grid: '#e2e2e2' },
  dark: { background: '#16181d', text: '#f0f0f0', faint: '#b4b7bd', grid: '#34373d' },
} as const satisfies Record<ThemeName, Theme>;
