import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/**
 * Draws an SVG of `renderSvg` with letters of a font that comes along, so that it looks the same on every machine.
 *
 * @param scale pixels of the picture for a pixel of the SVG
 */
export function renderPng(svg: string, scale = 2): Uint8Array {
  const drawing = new Resvg(svg, {
    font: {
      fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(fonts, file)),
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
    },
    fitTo: { mode: 'zoom', value: scale },
  });
  return drawing.render().asPng();
}
