import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';
import { makeFigure, readPlotData, renderSvg } from '@mixlab/plots';
import { notesOf, readPlans, readTable, renderTables, shownPath } from '@mixlab/results';
import type { Table } from '@mixlab/results';
import { printWarnings } from './print-warnings.ts';
import type { RecordOptions } from './record-options.ts';
import { recordText } from './record-text.ts';
import { readTraining } from './read-training.ts';

/**
 * Writes `<to>/<date>-<name>/`: README.md, table.tex, table.csv, results.json, plan.json and curves.svg. The folder
 * appears whole or not at all; its path is printed.
 *
 * @returns 0; 1 where trials are missing, or the record is there; 2 where there is no such plan
 */
export async function runRecord(options: RecordOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab record: ${line}\n`);
  const { plans, workDir, problems, exitCode } = readPlans(
    { ...options, experiment: [options.experiment] },
    io,
  );
  problems.forEach(complain);
  const [plan] = plans;
  if (!plan) return exitCode;
  if (plans.length > 1) {
    complain(`${options.experiment} names ${plans.length} experiments; a record is of one`);
    return 2;
  }
  const runFolder = join(workDir, plan.experiment);
  const table = readTable(plan, runFolder);
  const missing = notesOf(table).filter(({ isIntended }) => !isIntended);
  if (missing.length > 0 && !options.unfinished) {
    missing.forEach(({ title }) => complain(`${plan.experiment}: ${title.replace(/:$/, '')}`));
    complain('it is not finished; --unfinished records what there is');
    return 1;
  }
  const folder = recordFolder(plan, options, io);
  if (existsSync(folder) && !options.force) {
    complain(`${shownPath(folder, io.cwd)} is there already; --force replaces it, --name gives another name`);
    return 1;
  }
  const isWithout = options.published && table.published.length === 0;
  const warnings = [...(isWithout ? ['nothing is published of its runs'] : []), ...table.warnings];
  writeWhole(folder, recordFiles(plan, table, runFolder, { ...options, home: io.home }));
  printWarnings(
    warnings.map((warning) => `${plan.experiment}: ${warning}`),
    io,
    'the record lists them all',
  );
  io.stdout(`${shownPath(folder, io.cwd)}\n`);
  return 0;
}

function recordFolder({ experiment }: PlanFile, { name, to }: RecordOptions, io: CommandIo): string {
  const date = new Date().toISOString().slice(0, 10);
  const records = to === undefined ? join(io.home, 'docs', 'results') : resolve(io.cwd, to);
  return join(records, `${date}-${name ?? experiment.replaceAll('/', '-')}`);
}

function recordFiles(
  plan: PlanFile,
  table: Table,
  runFolder: string,
  { home, published, out }: Pick<RecordOptions, 'published' | 'out'> & { readonly home: string },
): ReadonlyMap<string, string> {
  const curves = makeFigure('curves', readPlotData(plan, runFolder), { x: 'epochs', axis: 'mixMode.alpha' });
  const training = readTraining(table, runFolder);
  return new Map([
    [
      'README.md',
      recordText(plan, table, training, { home, published, hasCurves: curves !== undefined, out }),
    ],
    ['table.tex', renderTables([table], 'latex', { published })],
    ['table.csv', renderTables([table], 'csv')],
    ['results.json', renderTables([table], 'json')],
    ['plan.json', `${JSON.stringify(plan, null, 2)}\n`],
    ...(curves ? [['curves.svg', renderSvg(curves)] as const] : []),
  ]);
}

/** Writes a folder beside its place, then puts it there; what was there before goes last. */
function writeWhole(folder: string, files: ReadonlyMap<string, string>): void {
  makeFolder(dirname(folder));
  const temporary = mkdtempSync(join(dirname(folder), '.record-'));
  try {
    const made = join(temporary, 'new');
    mkdirSync(made);
    for (const [name, text] of files) writeFileSync(join(made, name), text);
    if (existsSync(folder)) renameSync(folder, join(temporary, 'old'));
    renameSync(made, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
