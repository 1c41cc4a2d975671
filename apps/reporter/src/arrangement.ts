import { nearestName } from '@mixlab/contracts';
import type { PlanFile, Report } from '@mixlab/contracts';
import { isTestMetric, metricProblem } from '@mixlab/results';
import type { Arrangement, Table } from '@mixlab/results';
import { z } from 'zod';

/** How a table is arranged and its runs reduced: options of the commands that print one. */
export const arrangementOptions = {
  rows: z
    .array(z.string())
    .optional()
    .describe('axes of the rows, such as backbone; default: the methods')
    .meta({ placeholder: 'axis' }),
  columns: z
    .array(z.string())
    .optional()
    .describe('axes of the columns; default: all others that vary')
    .meta({ placeholder: 'axis' }),
  reducer: z
    .string()
    .transform((text, context) => {
      const reduced = reducerOf(text);
      if (reduced) return reduced;
      context.addIssue({
        code: 'custom',
        message: `expected last, best, median:<epochs> or ema:<decay between 0 and 1>${hintOf(text)}`,
      });
      return z.NEVER;
    })
    .optional()
    .describe('how a curve becomes a number: last, best, median:5, ema:0.9; default: the report of each run')
    .meta({ placeholder: 'rule' }),
  metric: z
    .string()
    .min(1)
    .optional()
    .describe(
      'field of the evaluations in the log, such as top5, loss or top1_ema, or of the tests: test.top1, test.ece, ' +
        'test.occlusion.0.5.top1; default: that of the report',
    )
    .meta({ placeholder: 'field' }),
};

type Reducer = Report extends infer Each ? (Each extends Report ? Omit<Each, 'metric'> : never) : never;

function reducerOf(text: string): Reducer | undefined {
  if (text === 'last' || text === 'best') return { reducer: text };
  const [rule, number = ''] = text.split(':');
  if (rule === 'median' && /^[1-9][0-9]{0,8}$/.test(number))
    return { reducer: 'medianOfLast', epochs: Number(number) };
  const decay = Number(number);
  return rule === 'ema' && decay > 0 && decay < 1 ? { reducer: 'ema', decay } : undefined;
}

function hintOf(text: string): string {
  const nearest = nearestName(text.split(':')[0]!, ['last', 'best', 'median', 'ema']);
  return nearest === undefined || text.startsWith(nearest) ? '' : `. Did you mean ${nearest}?`;
}

/** What of the options has no meaning for a number of a test: it has no curve. */
export function testProblems(given: {
  readonly metric?: string | undefined;
  readonly reducer?: unknown;
  readonly atEpoch?: unknown;
}): string[] {
  const { metric, reducer, atEpoch } = given;
  if (metric === undefined || !isTestMetric(metric)) return [];
  return [
    ...(reducer === undefined ? [] : [`--reducer has no meaning for ${metric}: a test has one number`]),
    ...(atEpoch === undefined ? [] : [`--at-epoch has no meaning for ${metric}: a test has one number`]),
  ];
}

/** Why a table has no number at all where the command line named a metric; undefined where it has one. */
export function emptyMetricProblem(
  plan: PlanFile,
  folder: string,
  metric: string | undefined,
  table: Table,
): string | undefined {
  if (metric === undefined || table.cells.flat().some((cell) => cell && cell.n > 0)) return undefined;
  return metricProblem(plan, folder, metric);
}

/** A run's report with what the command line says otherwise; undefined where it says nothing. */
export function reportChange(given: {
  readonly reducer?: Reducer | undefined;
  readonly metric?: string | undefined;
}): ((report: Report) => Report) | undefined {
  const { reducer, metric } = given;
  if (reducer === undefined && metric === undefined) return undefined;
  return (report) => ({ ...(reducer ?? report), metric: metric ?? report.metric }) as Report;
}

/** Axes that no run of a plan has, or that are asked for twice. */
export function arrangementProblems(
  { runs, experiment }: PlanFile,
  { rows, columns }: Arrangement,
): string[] {
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))];
  const asked = [...(rows ?? []), ...(columns ?? [])];
  const unknown = asked.filter((axis) => !axes.includes(axis));
  const twice = asked.filter((axis, index) => asked.indexOf(axis) < index);
  return [
    ...unknown.map((axis) => {
      const nearest = nearestName(axis, axes);
      const hint = nearest === undefined ? '' : `. Did you mean ${nearest}?`;
      return `${experiment} has no axis ${axis}; there are ${axes.join(', ')}${hint}`;
    }),
    ...twice.map((axis) => `${axis} is asked for twice`),
  ];
}
