import type { PlanFile, Report } from '@mixlab/contracts';
import { commonEpoch, reduceRun } from '../reduce/reduce-run.ts';
import { RunDirectories } from '../run/directories.ts';
import { readTrials } from '../run/read-trials.ts';
import type { RunRecord } from '../run/read-trials.ts';
import { readRungs } from '../run/rungs.ts';
import { buildTable } from './build-table.ts';
import type { Arrangement } from './layout.ts';
import type { Table } from './table.ts';

export interface ReadTableOptions {
  /**
   * Compares trials at this epoch instead of at their planned length; `common` is the greatest epoch that every
   * trial with an evaluation has evaluated.
   */
  readonly atEpoch?: number | 'common' | undefined;
  /** Default: the methods by what else varies. */
  readonly arrangement?: Arrangement | undefined;
  /** Reduces every run so, instead of by its own report. */
  readonly report?: ((report: Report) => Report) | undefined;
  /** Milliseconds since 1970, for telling a silent trial on another machine. Default: now. */
  readonly now?: number;
}

/**
 * Reads the run directories of a plan under `folder` (`work_dirs/<experiment>`) and reduces them by its reports.
 * Damage inside a run directory is a warning of the table; throws only where the folder itself cannot be listed.
 */
export function readTable(
  asPlanned: PlanFile,
  folder: string,
  { atEpoch, arrangement, report, now = Date.now() }: ReadTableOptions = {},
): Table {
  const plan = report
    ? { ...asPlanned, runs: asPlanned.runs.map((run) => ({ ...run, report: report(run.report) })) }
    : asPlanned;
  const directories = new RunDirectories(folder);
  const leftOut = readRungs(plan, folder)?.leftOut;
  const read = (index: number): RunRecord => readTrials(plan.runs[index]!, folder, directories, now);
  if (atEpoch !== 'common') {
    // One after the other, so that only one run's curves are in memory.
    const results = plan.runs.map((_, index) => reduceRun(read(index), atEpoch ?? null));
    return buildTable(plan, results, { atEpoch: atEpoch ?? null, arrangement, leftOut });
  }
  const records = plan.runs.map((_, index) => read(index));
  const common = commonEpoch(records);
  const results = records.map((record) => reduceRun(record, common));
  const warnings = commonWarnings(records, common);
  return buildTable(plan, results, { atEpoch: common, arrangement, warnings, leftOut });
}

function commonWarnings(records: readonly RunRecord[], common: number | null): string[] {
  const trials = records.flatMap((record) => record.trials);
  const waiting = trials.filter(
    ({ state, curve }) => state !== 'planned' && curve.epochs.length === 0,
  ).length;
  const started = trials.some(({ curve }) => curve.epochs.length > 0);
  return [
    ...(common === null && started
      ? ['no epoch was evaluated by every trial: completed trials alone are shown']
      : []),
    ...(waiting > 0
      ? [`${waiting} started trials have no evaluation yet and do not count for the common epoch`]
      : []),
  ];
}
