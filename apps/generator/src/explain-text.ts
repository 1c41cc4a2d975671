import { alignColumns, formatLocation } from '@mixlab/contracts';
import type { JsonValue } from '@mixlab/contracts';
import type { ExplainedRun, ValueDifference } from './run-explain.ts';
import type { Source, TracedValue } from './trace.ts';

/** Each value in a line with its place, and below it what it replaced; `path` is what alone was asked for. */
export function explanationText({ run, values, ofExperiment }: ExplainedRun, path?: string): string {
  if (path !== undefined && values.length + ofExperiment.length === 0)
    return `${titleOf(run)}\n  ${path}  (none)\n`;
  const rows = values.flatMap((value) => rowsOf(value, '  '));
  const others = ofExperiment.flatMap((value) => rowsOf(value, '    '));
  const lines = alignColumns([...rows, ...others]);
  const heading = others.length > 0 ? ['  of the experiment, not in the config:'] : [];
  const told = [titleOf(run), ...lines.slice(0, rows.length), ...heading, ...lines.slice(rows.length)];
  return told.map((line) => `${line}\n`).join('');
}

/** What is not the same in two runs, each side with its place. */
export function differenceText(
  from: ExplainedRun['run'],
  to: ExplainedRun['run'],
  differences: readonly ValueDifference[],
): string {
  const rows = differences.flatMap(({ path, before, after }) => [
    [path, `- ${shown(before?.value)}`, before ? describeSource(before.from) : ''],
    ['', `+ ${shown(after?.value)}`, after ? describeSource(after.from) : ''],
  ]);
  const lines = rows.length > 0 ? alignColumns(rows) : ['no difference'];
  return [`- ${titleOf(from)}`, `+ ${titleOf(to)}`, ...lines].map((line) => `${line}\n`).join('');
}

function titleOf({ experiment, name }: ExplainedRun['run']): string {
  return `${experiment}/${name}`;
}

function rowsOf({ path, value, from, replaced }: TracedValue, indent: string): string[][] {
  return [
    [`${indent}${path}`, shown(value), describeSource(from)],
    ...replaced.map((earlier) => {
      const what = 'value' in earlier ? `over ${shown(earlier.value)}` : 'left out';
      return ['', what, describeSource(earlier.from)];
    }),
  ];
}

function shown(value: JsonValue | undefined): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}

/** `configs/imagenet/deit.config.ts:21:34 (when)`. */
export function describeSource(source: Source): string {
  const words = wordsOf(source);
  if (source.kind === 'command-line' || !source.at) return words;
  const brought = source.at.brought ? ', brought by what stands there' : '';
  return `${formatLocation(source.at)} (${words}${brought})`;
}

function wordsOf(source: Source): string {
  switch (source.kind) {
    case 'authored':
      return source.by;
    case 'recipe':
      return `recipe ${source.recipe}`;
    case 'command-line':
      return `--set ${source.setting}`;
    default:
      return source.model === undefined ? 'default' : `default of ${source.model}.${source.field}`;
  }
}
