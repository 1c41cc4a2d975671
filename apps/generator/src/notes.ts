import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { count } from '@mixlab/contracts';
import type { ConfigIssue, JsonObject, JsonValue } from '@mixlab/contracts';
import type { Plan, PlannedRun } from '@mixlab/plan';

type AnyPlan = Plan<unknown>;

/** What is odd about experiments with which nothing is wrong. */
export function notesOf(plans: readonly AnyPlan[], others: readonly AnyPlan[], home: string): ConfigIssue[] {
  const own = plans.flatMap((plan) => [...plan.notes, ...mergedPoints(plan), ...absentWeights(plan, home)]);
  return [...own, ...sharedRuns(plans, others)];
}

function mergedPoints({ merged, size, at }: AnyPlan): ConfigIssue[] {
  if (merged === 0) return [];
  const message = `${count(merged, 'point')} of the grid ${merged === 1 ? 'is' : 'are'} the same run as another: the ${count(size, 'run')} are trained once`;
  return [{ code: 'merged-points', message, ...at }];
}

/** Runs that two experiments have: each experiment has run directories of its own. */
function sharedRuns(plans: readonly AnyPlan[], others: readonly AnyPlan[]): ConfigIssue[] {
  const known = new Map<string, AnyPlan[]>();
  const issues: ConfigIssue[] = [];
  for (const [position, plan] of [...others, ...plans].entries()) {
    const shared = new Map<AnyPlan, { runs: number; readonly first: string }>();
    for (const { hash, name } of plan.runs()) {
      const holders = known.get(hash) ?? [];
      for (const other of holders) {
        const found = shared.get(other);
        if (found) found.runs += 1;
        else shared.set(other, { runs: 1, first: name });
      }
      known.set(hash, [...holders, plan]);
    }
    if (position < others.length) continue;
    for (const [other, { runs, first }] of shared) {
      const message = `${count(runs, 'run')} of it ${runs === 1 ? 'is' : 'are'} in ${other.experiment}, too, such as ${first}: each experiment trains its own`;
      issues.push({ code: 'shared-runs', message, ...plan.at });
    }
  }
  return issues;
}

const WEIGHTS = ['model.pretrained', 'mixMode.teacher.weights'];

/** Files of weights that are not on this machine. */
function absentWeights(plan: AnyPlan, home: string): ConfigIssue[] {
  if (plan.engine !== 'mixlab') return [];
  const issues = new Map<string, ConfigIssue>();
  for (const run of plan.runs() as Iterable<PlannedRun<JsonObject>>) {
    for (const path of WEIGHTS) {
      const file = path
        .split('.')
        .reduce<JsonValue | undefined>((value, key) => (value as JsonObject | null)?.[key], run.config);
      if (typeof file !== 'string' || file === 'timm' || issues.has(`${path} ${file}`)) continue;
      if (existsSync(resolve(home, file.replace(/^~(?=\/)/, homedir())))) continue;
      const { at } = run.originOf(path);
      issues.set(`${path} ${file}`, {
        code: 'absent-weights',
        message: 'there is no such file on this machine',
        path,
        got: JSON.stringify(file),
        ...(at ? { at } : plan.at),
      });
    }
  }
  return [...issues.values()];
}
