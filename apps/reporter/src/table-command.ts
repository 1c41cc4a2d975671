import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { notesOf, readPlans, readTable, renderTables } from '@mixlab/results';
import type { Table } from '@mixlab/results';
import { formatClash } from './format-clash.ts';
import { arrangementProblems, emptyMetricProblem, reportChange, testProblems } from './arrangement.ts';
import { printWarnings } from './print-warnings.ts';
import { tableOptions } from './table-options.ts';
import type { TableOptions } from './table-options.ts';

/**
 * `mixlab table`: what the run directories of an experiment's plan give by its report, mean ± sample std over trials,
 * and under it what is missing or running. Reads only (but for `--json=FILE`). The table goes to stdout, everything
 * else to stderr. Exit code 0 with cells missing too, 1 where a plan cannot be read, 2 where nothing was selected.
 */
export const tableCommand = defineCommand({
  name: 'table',
  description: 'Reduce the logs of an experiment to a table, and list what is missing or running',
  options: tableOptions,
  run: runTable,
});

async function runTable(options: TableOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab table: ${line}\n`);
  const clash = formatClash(options);
  if (clash !== undefined) {
    complain(clash);
    return 2;
  }
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return exitCode;
  const unknown = [...testProblems(options), ...plans.flatMap((plan) => arrangementProblems(plan, options))];
  unknown.forEach(complain);
  if (unknown.length > 0) return 2;

  const made = plans.map((plan) => makeTable(plan, workDir, options));
  for (const each of made) if ('problem' in each) complain(each.problem);
  const tables = made.flatMap((each) => ('table' in each ? [each.table] : []));
  if (tables.length === 0 && made.some((each) => 'isWrong' in each && each.isWrong)) return 2;
  print(tables, options, io);
  if (options.published)
    for (const { experiment, published } of tables)
      if (published.length === 0) io.stderr(`warning: ${experiment}: nothing is published of its runs\n`);
  warn(tables, io);
  return tables.length < plans.length ? 1 : exitCode;
}

function makeTable(
  plan: PlanFile,
  workDir: string,
  options: TableOptions,
): { readonly table: Table } | { readonly problem: string; readonly isWrong: boolean } {
  const folder = join(workDir, plan.experiment);
  try {
    const { atEpoch, rows, columns } = options;
    const table = readTable(plan, folder, {
      atEpoch,
      arrangement: { rows, columns },
      report: reportChange(options),
    });
    const problem = emptyMetricProblem(plan, folder, options.metric, table);
    return problem === undefined ? { table } : { problem, isWrong: true };
  } catch (error) {
    return { problem: `${folder} cannot be read (${(error as Error).message})`, isWrong: false };
  }
}

function print(tables: readonly Table[], options: TableOptions, io: CommandIo): void {
  const format = options.json === true ? 'json' : (options.format ?? (io.isTty ? 'terminal' : 'md'));
  if (tables.length > 0 || format === 'json') io.stdout(renderTables(tables, format, options));
  if (format === 'csv') io.stderr(tables.flatMap(noteLines).join(''));
  if (typeof options.json === 'string')
    writeFileSync(resolve(io.cwd, options.json), renderTables(tables, 'json'));
}

function noteLines(table: Table): string[] {
  return notesOf(table).flatMap(({ title, lines }) => [
    `${table.experiment}: ${title}\n`,
    ...lines.map((line) => `  ${line}\n`),
  ]);
}

function warn(tables: readonly Table[], io: CommandIo): void {
  const warnings = tables.flatMap(({ experiment, warnings: each }) =>
    each.map((text) => `${experiment}: ${text}`),
  );
  printWarnings(warnings, io, '--json lists them all');
}
