import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';

/** What a page of docs/results says of one group of benchmarks. */
export interface Page {
  /** The file, without `.md`. */
  readonly file: string;
  /** The group's name on the command line. */
  readonly group: string;
  readonly title: string;
  /** What was done to measure it, in Markdown. */
  readonly notes: string;
  /** Programs that it was measured beside or in, with their versions. */
  readonly beside?: string;
}

/** Measures a group, and writes its page with the machine that it was measured on. */
export async function withPage(
  root: string,
  page: Page,
  measure: () => Promise<Figure[]>,
): Promise<Figure[]> {
  const load = loadavg()[0] ?? 0;
  const figures = await measure();
  writeFileSync(join(root, `docs/results/${page.file}.md`), pageText(page, figures, load));
  return figures;
}

function pageText({ group, title, notes, beside }: Page, figures: readonly Figure[], load: number): string {
  const machine = `cpu ${cpus()[0]?.model}, cores ${cpus().length}, load ${load.toFixed(1)}, node ${process.versions.node}`;
  return `# ${title}

Written by \`npm run bench -- ${group}\`; do not edit it. ${machine}${beside ? `, ${beside}` : ''}.
Load: processes that wanted a core in the minute before; ratios are of turns in one run, times are worth little where it is
not near 0.

${notes}

${figureTable(figures)}
`;
}

/** Figures as a Markdown table. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, ratio, value, limit, n, medians }) => {
    const shown = Object.entries(medians).map(([key, median]) => `${key} ${median}`);
    return `| ${name} | ${ratio} | ${value} | ${limit} | ${n} | ${shown.join(', ')} |`;
  });
  return ['| what | compared as | figure | limit | n | medians |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
