import { renderPng, renderSvg } from '@mixlab/plots';
import type { Figure } from '@mixlab/plots';
import { describe, expect, it } from 'vitest';

const names = Array.from({ length: 30 }, (_, rank) => `method <${rank}> & more`);

/** As many panels and series as the largest experiments have. */
const large: Figure = {
  kind: 'length',
  title: 'a & b',
  subtitle: 'best top1',
  xLabel: 'epochs',
  yLabel: 'top1 (%)',
  scale: 'linear',
  categories: [],
  mark: 'line',
  panels: Array.from({ length: 7 }, (_, panel) => ({
    title: `backbone ${panel}`,
    series: names.map((name, rank) => ({
      name,
      rank,
      points: [100, 300].map((x) => ({ x, y: 70 + rank / 10 + x / 1000, std: rank % 2 ? 0.2 : null, n: 3 })),
    })),
  })),
  warnings: [],
};

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

describe('a large figure', () => {
  const svg = renderSvg(large);

  it('has room for every panel and every name of its legend', () => {
    const [, width, height] = /^<svg width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
    const places = [...svg.matchAll(/<text [^>]*translate\(([\d.]+) ([\d.]+)\)[^>]*>backbone \d</g)];
    expect(places).toHaveLength(7);
    for (const [, x, y] of places) {
      expect(Number(x)).toBeLessThan(width! - 300);
      expect(Number(y)).toBeLessThan(height! - 250);
    }
    expect(new Set(places.map(([, x, y]) => `${x} ${y}`)).size).toBe(7);
    const texts = textsOf(svg);
    for (const rank of names.keys()) expect(texts).toContain(`method &lt;${rank}&gt; &amp; more`);
  });

  it('tells 24 series apart by colour and dash', () => {
    const strokes = [
      ...svg.matchAll(/<path [^>]*stroke="(#\w+)" stroke-width="2"( stroke-dasharray="[^"]*")?/g),
    ];
    const styles = new Set(strokes.map(([, color, dash]) => `${color}${dash ?? ''}`));
    expect(styles.size).toBe(24);
  });

  it('says in words what it shows', () => {
    expect(svg).toContain('<title>a &amp; b</title>');
    expect(svg).toContain('backbone 6: method &lt;0&gt; &amp; more 70.10 at 100, 70.30 at 300; ');
    expect(svg).toContain('method &lt;1&gt; &amp; more 70.20 ± 0.20 at 100, 70.40 ± 0.20 at 300');
  });

  it('is the same picture for the same figure', () => {
    expect(renderPng(renderSvg(large), 1)).toEqual(renderPng(svg, 1));
  });
});

it('draws axes where there is one value alone', () => {
  const [panel] = large.panels;
  const [series] = panel!.series;
  const single = {
    ...large,
    panels: [{ title: '', series: [{ ...series!, points: series!.points.slice(0, 1) }] }],
  };
  expect(textsOf(renderSvg(single))).toContain('epochs');
  expect(textsOf(renderSvg({ ...single, mark: 'band' }))).toContain('top1 (%)');
});

it('leaves no room on the axis for what no number can be', () => {
  const [panel] = large.panels;
  const [series] = panel!.series;
  const labels = (ys: readonly number[], yLabel = 'top1 (%)') => {
    const points = ys.map((y, index) => ({ x: index + 1, y, std: null, n: 1 }));
    const texts = textsOf(
      renderSvg({ ...large, yLabel, panels: [{ title: '', series: [{ ...series!, points }] }] }),
    );
    return texts.map((text) => Number(text.replace('−', '-'))).filter((value) => !Number.isNaN(value));
  };
  const share = labels([1, 99.5]);
  expect([Math.min(...share), Math.max(...share)]).toEqual([0, 100]);
  expect(Math.max(...labels([1, 99.5], 'loss'))).toBeGreaterThan(100);
  expect(Math.min(...labels([-1, 10], 'gain'))).toBeLessThan(-1);
});
