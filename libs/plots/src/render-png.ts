import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

/** The published package has the font with it; in a clone it is in the package that it comes from. */
function fontFolder(): string {
  const published = join(import.meta.dirname, '../fonts');
  if (existsSync(published)) return published;
  return join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
}

/**
 * Draws an SVG of `renderSvg` with letters of a font that comes along, so that it looks the same on every machine.
 *
 * @param scale pixels of the picture for a pixel of the SVG
 */
export function renderPng(svg: string, scale = 2): Uint8Array {
  const fonts = fontFolder();
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
