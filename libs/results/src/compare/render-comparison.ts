import CliTable from 'cli-table3';
import { decimalsOf } from '../reduce/reduce-curve.ts';
import { markdownRow } from '../render/markdown.ts';
import { COMPARISON_SCHEMA_VERSION } from './comparison.ts';
import type { Comparison, ComparisonCell } from './comparison.ts';

export const comparisonFormats = ['terminal', 'md', 'json'] as const;
export type ComparisonFormat = (typeof comparisonFormats)[number];

export const verdictMarks = { within: '≈', better: '▲', worse: '▼', missing: '' } as const;

/** One text for all comparisons; `json` is what `comparisonsSchema` describes, with every number in full. */
export function renderComparisons(comparisons: readonly Comparison[], format: ComparisonFormat): string {
  if (format === 'json')
    return `${JSON.stringify({ schemaVersion: COMPARISON_SCHEMA_VERSION, comparisons }, null, 2)}\n`;
  return comparisons.map((each) => (format === 'md' ? markdown(each) : terminal(each))).join('\n');
}

function captionOf({ experiment, against, tolerance, statistics }: Comparison): string {
  const how = statistics.length > 0 ? ` (${statistics.join('; ')})` : '';
  return `${experiment} beside ${against}${how}; ▲ better, ▼ worse by more than ${tolerance}, ≈ neither`;
}

function header({ against }: Comparison): string[] {
  return ['method', 'column', 'ours', against, 'difference', '', 'p'];
}

function lineOf(cell: ComparisonCell): string[] {
  const decimals = decimalsOf(cell.metric);
  const { significance } = cell;
  return [
    cell.row,
    cell.column || cell.metric,
    side(cell.ours, decimals),
    side(cell.other, decimals),
    differenceText(cell),
    verdictMarks[cell.verdict],
    significance ? `${pText(significance.p)} (${significance.test}, n=${nText(significance.n)})` : '–',
  ];
}

/** `+0.42`; `–` where one side is missing. */
export function differenceText(cell: ComparisonCell): string {
  const { difference } = cell;
  if (difference === null) return '–';
  return `${difference > 0 ? '+' : ''}${difference.toFixed(decimalsOf(cell.metric))}`;
}

function side(figure: ComparisonCell['ours'], decimals: number): string {
  if (!figure) return 'missing';
  const spread = figure.std === null ? '' : ` ± ${figure.std.toFixed(decimals)}`;
  return `${figure.mean.toFixed(decimals)}${spread}${figure.n === null ? '' : ` (n=${figure.n})`}`;
}

function pText(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function nText([ours, others]: readonly [number, number]): string {
  return ours === others ? String(ours) : `${ours}, ${others}`;
}

function markdown(comparison: Comparison): string {
  const lines = [header(comparison), ['---', '---', '---:', '---:', '---:', '---', '---:']];
  return [
    captionOf(comparison),
    '',
    `| ${lines[0]!.join(' | ')} |`,
    `| ${lines[1]!.join(' | ')} |`,
    ...comparison.cells.map((cell) => markdownRow(lineOf(cell))),
    '',
  ].join('\n');
}

function terminal(comparison: Comparison): string {
  const boxed = new CliTable({
    head: header(comparison),
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'right'],
    style: { head: [], border: [] },
  });
  comparison.cells.forEach((cell) => boxed.push(lineOf(cell)));
  return `${captionOf(comparison)}\n${boxed.toString()}\n`;
}
