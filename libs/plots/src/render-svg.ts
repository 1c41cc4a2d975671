import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { describeFigure } from './describe-figure.ts';
import { drawFigure } from './draw.ts';
import type { Figure } from './figure.ts';
import type { ThemeName } from './names.ts';

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** The figure as SVG, with a title and a description for those who listen to it. */
export function renderSvg(figure: Figure, theme: ThemeName = 'light'): string {
  const { option, width, height } = drawFigure(figure, theme);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return accessible(chart.renderToSVGString(), figure);
  } finally {
    chart.dispose();
  }
}

function accessible(svg: string, figure: Figure): string {
  const texts = `<title>${escapeXml(figure.title)}</title>\n<desc>${escapeXml(describeFigure(figure))}</desc>\n`;
  return `${svg.replace(/^<svg [^>]*/, '$& role="img"').replace(/>\n?/, `>\n${texts}`)}\n`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
