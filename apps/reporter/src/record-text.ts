import type { PlanFile } from '@mixlab/contracts';
import { shellQuote } from '@mixlab/engines';
import { escapeMarkdown, renderTables } from '@mixlab/results';
import type { Circumstance, Table } from '@mixlab/results';
import type { Training } from './read-training.ts';

interface Shown {
  /** The project's folder, which a command line is told from. */
  readonly home: string;
  /** Rows of what is published. */
  readonly published: boolean;
  readonly hasCurves: boolean;
  /** The folder that configs were written to, where it is not the usual one. */
  readonly out?: string | undefined;
}

/** The README of a record: the table, what was trained, on what, and how to train it again. */
export function recordText(
  plan: PlanFile,
  table: Table,
  training: Training,
  { home, published, hasCurves, out }: Shown,
): string {
  const { experiment, engine, source, runs } = plan;
  const planned = runs.reduce((sum, run) => sum + run.trials, 0);
  const where = `--experiment=${experiment}${out === undefined ? '' : ` --out=${shellQuote(out)}`}`;
  // OpenMixup's own sweeps take it, too.
  const inItsTerms = out !== undefined && engine === 'openmixup' ? '--engine=openmixup ' : '';
  return [
    `# Results of ${experiment}`,
    renderTables([table], 'md', { published }).trim(),
    ...(hasCurves ? ['![Learning curves](curves.svg)'] : []),
    ...(table.warnings.length > 0
      ? ['## Warnings', table.warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join('\n')]
      : []),
    '## What was trained',
    [
      `- ${count(training.trials)} with a number, of ${planned} planned; ${runs.length} runs, engine ${engine}`,
      `- authored in \`${source.file}\` (SHA-256 \`${source.sha256}\`)`,
      `- again: \`npx mixlab configs ${inItsTerms}${where}\`, then \`npx mixlab run ${where}\``,
      ...(training.command
        ? [`- one of them: \`${training.command.map((word) => shellQuote(fromHome(word, home))).join(' ')}\``]
        : []),
    ].join('\n'),
    '## On what',
    onWhat(training),
    '## Files',
    [
      '- `table.tex`, `table.csv`: the table',
      '- `results.json`: every trial with its number in full',
      '- `plan.json`: every run, with the hash of all that was trained',
    ].join('\n'),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

function onWhat({ circumstances, hours, trials, unknown }: Training): string {
  const rows = circumstances
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => `| ${name} | ${shown(values, trials)} |`);
  const time = hours === null ? 'not told by the logs' : `${hours.toPrecision(3)} h`;
  return [
    '| | |',
    '| --- | --- |',
    ...rows,
    `| time of all trials × processes | ${time} |`,
    ...(unknown > 0 ? [`| trials without provenance | ${unknown} |`] : []),
  ].join('\n');
}

/** One value alone where all trials had it, otherwise the most frequent ones, each with its number of trials. */
function shown(values: Circumstance['values'], trials: number): string {
  const escaped = values.map((each) => ({ ...each, value: each.value.replaceAll('|', '\\|') }));
  if (escaped.length === 1 && escaped[0]!.trials === trials) return escaped[0]!.value;
  const told = escaped.slice(0, MOST_VALUES).map(({ value, trials: of }) => `${value} (${count(of)})`);
  const others = escaped.slice(MOST_VALUES);
  const left = others.reduce((sum, each) => sum + each.trials, 0);
  return [...told, ...(left > 0 ? [`${others.length} more (${count(left)})`] : [])].join('; ');
}

const MOST_VALUES = 8;

function count(trials: number): string {
  return `${trials} ${trials === 1 ? 'trial' : 'trials'}`;
}

function fromHome(word: string, home: string): string {
  return word.startsWith(`${home}/`) ? word.slice(home.length + 1) : word;
}
