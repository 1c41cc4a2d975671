import { describeFigure, drawFigure } from '@mixlab/plots/browser';
import type { Figure, ThemeName } from '@mixlab/plots/browser';
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState } from 'preact/hooks';

use([
  CustomChart,
  LineChart,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
  CanvasRenderer,
]);

const dark = matchMedia('(prefers-color-scheme: dark)');

/** A figure as `mixlab plot` draws it, in the colours that the reader prefers. */
export function Chart({ figure }: { readonly figure: Figure }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const theme = useTheme();
  useEffect(() => {
    const { option, width, height } = drawFigure(figure, theme);
    chart.current ??= init(element.current, null, { width, height });
    chart.current.resize({ width, height });
    // Drawn on the canvas: a tip of HTML needs styles that the page forbids.
    const tooltip = { trigger: 'axis' as const, renderMode: 'richText' as const };
    chart.current.setOption({ ...option, tooltip }, { notMerge: true });
  }, [figure, theme]);
  useEffect(() => () => chart.current?.dispose(), []);
  return <div class="chart" ref={element} role="img" aria-label={describeFigure(figure)} />;
}

function useTheme(): ThemeName {
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const change = () => setDark(dark.matches);
    dark.addEventListener('change', change);
    return () => dark.removeEventListener('change', change);
  }, []);
  return isDark ? 'dark' : 'light';
}
