import { join } from 'node:path';
import type { JsonValue, PlanRun } from '@mixlab/contracts';
import { describeReport } from '../reduce/reduce-curve.ts';
import { readRunConfig } from '../run/read-run-config.ts';
import { shownRuns } from '../table/shown-runs.ts';
import type { TableCell } from '../table/table.ts';
import { differenceOf, placed } from './compared-plan.ts';
import type { ComparedPlan, Placed } from './compared-plan.ts';
import type { Comparison, ComparisonCell } from './comparison.ts';
import { significanceOf } from './significance.ts';
import type { Sample } from './significance.ts';

/** Every cell of a table beside that of the same run, or of one with the same axes, in another plan. */
export function comparePlans(
  ours: ComparedPlan,
  others: ComparedPlan,
  against: string,
  tolerance: number,
): Comparison {
  const candidates = placed(others);
  const warnings = [
    ...ours.table.warnings,
    ...others.table.warnings.map((warning) => `${against}: ${warning}`),
  ];
  const used = new Set<Placed>();
  const rules = new Map<string, string[]>();
  const cells = placed(ours).flatMap(({ run, cell, row, column }): ComparisonCell[] => {
    const same = matching(run, candidates);
    if (same.length > 1)
      warnings.push(`${run.name}: ${same.length} runs of ${against} have its axes, left out`);
    const [other] = same;
    if (same.length !== 1 || other === undefined) return [];
    used.add(other);
    const [rule, theirRule] = [cell, other.cell].map(({ report }) => describeReport(report));
    if (rule !== theirRule) {
      const different = `${rule} beside ${theirRule}`;
      rules.set(different, [...(rules.get(different) ?? []), run.name]);
    }
    // Of two metrics there is no difference.
    if (cell.report.metric !== other.cell.report.metric) return [];
    const significance = significanceOf(sampleOf(cell, ours.folder), sampleOf(other.cell, others.folder));
    const { mean, std, n } = other.cell;
    const theirs = mean === null ? null : { mean, std, n };
    return [{ run: run.name, row, column, ...differenceOf(cell, theirs, tolerance), significance }];
  });
  const alone = candidates.length - used.size;
  if (alone > 0) warnings.push(`${alone} of ${candidates.length} runs of ${against} have no counterpart`);
  for (const [different, runs] of rules)
    warnings.push(`numbers are made by different rules: ${different} (${shownRuns(runs)})`);
  return { experiment: ours.plan.experiment, against, tolerance, statistics: [], cells, warnings };
}

/** By hash; else by the axes that both plans have, and where that leaves several, by the method's parameters. */
function matching(run: PlanRun, candidates: readonly Placed[]): readonly Placed[] {
  const same = candidates.filter((each) => each.run.hash === run.hash);
  if (same.length > 0) return same;
  const alike = candidates.filter(({ run: { axes } }) => {
    const common = Object.keys(run.axes).filter((axis) => Object.hasOwn(axes, axis));
    return common.length > 0 && common.every((axis) => isSame(run.axes[axis], axes[axis]));
  });
  if (alike.length < 2) return alike;
  const exact = alike.filter((each) => isSame(each.run.method, run.method));
  return exact.length > 0 ? exact : alike;
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The values of a cell's trials with their seeds, as each run directory's `config.json` has it. */
function sampleOf({ trials }: TableCell, folder: string): Sample {
  return trials.flatMap(({ value, directory }) =>
    value === null
      ? []
      : [{ value, seed: directory === null ? null : seedIn(join(folder, directory, 'config.json')) }],
  );
}

function seedIn(path: string): number | null {
  const config = readRunConfig(path);
  const seed = config.kind === 'value' ? (config.value as { seed?: unknown } | null)?.seed : undefined;
  return typeof seed === 'number' ? seed : null;
}
