import { join } from 'node:path';
import { listNames, nearestName } from '@mixlab/contracts';
import type { PlanFile } from '@mixlab/contracts';
import { fieldOf, nameIn } from '../log/field.ts';
import type { Measurement } from '../log/log-line.ts';
import { RunDirectories } from './directories.ts';
import { isTestMetric, testMetricsIn } from './test-metric.ts';
import { readTrialLog } from './trial-log.ts';

/**
 * Why no run of a plan has a number for a metric: none of its logs, or tests, knows that name. Undefined where one does, and
 * where nothing was evaluated that could tell. Reads every log: for when there is nothing to show.
 */
export function metricProblem(plan: PlanFile, folder: string, metric: string): string | undefined {
  const known = new Set<string>();
  const directories = new RunDirectories(folder);
  const isTest = isTestMetric(metric);
  for (const run of plan.runs) {
    for (const { path } of directories.find(run).trials.values()) {
      const names = isTest
        ? testMetricsIn(join(folder, path, 'test.jsonl'), run.hash)
        : numbersIn(evaluationsIn(join(folder, path)), metric);
      names.forEach((name) => known.add(name));
      if (known.has(metric)) return undefined;
    }
  }
  const names = [...known];
  if (isTest && names.length === 0)
    return `${plan.experiment} has no tests; python -m mixlab.test CONFIG RUN_DIR makes them`;
  if (names.length === 0) return undefined;
  const nearest = nearestName(metric, names);
  const hint = nearest === undefined ? '' : `. Did you mean ${nearest}?`;
  const where = isTest ? 'test' : 'log';
  return `no ${where} of ${plan.experiment} has ${metric}; there are ${listNames(names)}${hint}`;
}

const positions = new Set(['epoch', 'step', 'attempt', 'iter']);

function numbersIn(evaluations: readonly Measurement[], metric: string): string[] {
  const name = nameIn(evaluations, metric);
  const isKnown = evaluations.some((each) => fieldOf(each, name) !== undefined);
  const numbers = evaluations.flatMap(({ fields }) =>
    Object.keys(fields).filter((key) => typeof fields[key] === 'number' && !positions.has(key)),
  );
  return isKnown ? [metric, ...numbers] : numbers;
}

function evaluationsIn(directory: string): readonly Measurement[] {
  try {
    return readTrialLog(directory)?.evaluations ?? [];
  } catch {
    return [];
  }
}
