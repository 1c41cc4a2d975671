import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { comparePublished, readPlans, readTable, renderComparisons } from '@mixlab/results';
import type { ComparedPlan, Comparison, ComparisonCell } from '@mixlab/results';
import { comparePlans } from '@mixlab/results/significance';
import { emptyMetricProblem, reportChange, testProblems } from './arrangement.ts';
import type { CompareOptions } from './compare-options.ts';
import { formatClash } from './format-clash.ts';
import { printWarnings } from './print-warnings.ts';

const SIGNIFICANT = 0.05;

/**
 * Compares and prints. Reads only (but for `--json=FILE`).
 *
 * @returns 0; 1 where `--fail-on` holds of a cell or a plan cannot be read; 2 where an argument is wrong or there is nothing to
 * compare with
 */
export async function runCompare(options: CompareOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab compare: ${line}\n`);
  const clashes = [formatClash(options) ?? [], ...testProblems(options)].flat();
  clashes.forEach(complain);
  if (clashes.length > 0) return 2;
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return 2;
  const made = plans.map((plan) => compareOne(plan, workDir, options, io));
  for (const each of made) if ('problems' in each) each.problems.forEach(complain);
  const comparisons = made.flatMap((each) => ('comparison' in each ? [each.comparison] : []));
  if (comparisons.length === 0) return 2;

  print(comparisons, options, io);
  const failed = comparisons.flatMap(({ cells }) => cells).filter((cell) => isFailure(cell, options.failOn));
  const count = failed.length === 1 ? '1 cell fails' : `${failed.length} cells fail`;
  if (failed.length > 0)
    complain(`${count} (${options.failOn.join(', ')}): ${failed.map(({ run }) => run).join(', ')}`);
  return failed.length > 0 ? 1 : exitCode;
}

type Made = { readonly comparison: Comparison } | { readonly problems: readonly string[] };

function compareOne(plan: PlanFile, workDir: string, options: CompareOptions, io: CommandIo): Made {
  const { experiment } = plan;
  const againstPublished =
    options.with === undefined && options.withOut === undefined && options.withWorkDir === undefined;
  let comparison: Comparison;
  let what = `${experiment}: nothing is published of its runs; --with names another experiment`;
  try {
    const ours = compared(plan, workDir, options);
    const unknown = emptyMetricProblem(plan, ours.folder, options.metric, ours.table);
    if (unknown !== undefined) return { problems: [unknown] };
    if (againstPublished) comparison = comparePublished(ours, options.tolerance);
    else {
      const given = { experiment: [options.with ?? experiment], out: options.withOut ?? options.out };
      const others = readPlans({ ...given, workDir: options.withWorkDir ?? options.workDir }, io);
      const [other, ...more] = others.plans;
      if (other === undefined || more.length > 0)
        return {
          problems: [
            ...others.problems,
            ...(more.length > 0 ? [`--with names ${more.length + 1} plans`] : []),
          ],
        };
      const folder = options.withOut ?? options.withWorkDir;
      const against = folder === undefined ? other.experiment : `${other.experiment} in ${folder}`;
      what = `${experiment} and ${against} have no runs in common`;
      comparison = comparePlans(ours, compared(other, others.workDir, options), against, options.tolerance);
    }
  } catch (error) {
    return { problems: [`${experiment}: its run directories cannot be read (${(error as Error).message})`] };
  }
  return comparison.cells.length === 0 ? { problems: [what, ...comparison.warnings] } : { comparison };
}

function compared(plan: PlanFile, workDir: string, options: CompareOptions): ComparedPlan {
  const folder = join(workDir, plan.experiment);
  return { plan, folder, table: readTable(plan, folder, { report: reportChange(options) }) };
}

function isFailure({ verdict, significance }: ComparisonCell, failOn: CompareOptions['failOn']): boolean {
  return failOn.some((each) => {
    if (each === 'different') return verdict === 'worse' || verdict === 'better';
    if (each !== 'significant') return verdict === each;
    return verdict === 'worse' && significance !== null && significance.p < SIGNIFICANT;
  });
}

function print(comparisons: readonly Comparison[], options: CompareOptions, io: CommandIo): void {
  const format = options.json === true ? 'json' : (options.format ?? (io.isTty ? 'terminal' : 'md'));
  io.stdout(renderComparisons(comparisons, format));
  if (typeof options.json === 'string')
    writeFileSync(resolve(io.cwd, options.json), renderComparisons(comparisons, 'json'));
  const warnings = comparisons.flatMap(({ experiment, warnings: each }) =>
    each.map((text) => `${experiment}: ${text}`),
  );
  printWarnings(warnings, io, '--json lists them all');
}
