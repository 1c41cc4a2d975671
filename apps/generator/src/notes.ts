import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { count, listNames } from '@mixlab/contracts';
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
  const message = `${count(merged, 'point')} of the grid ${merged === 1 ? 'is' : 'are'} the same run as another: the ${count(size, 'run')} ${size === 1 ? 'is' : 'are'} trained once`;
  return [{ code: 'merged-points', message, ...at }];
}

interface KnownRun {
  readonly plan: AnyPlan;
  readonly run: PlannedRun<unknown>;
}

/** Runs that several experiments have, as the launch scripts treat them. */
function sharedRuns(plans: readonly AnyPlan[], others: readonly AnyPlan[]): ConfigIssue[] {
  const known = new Map<string, KnownRun[]>();
  const issues: ConfigIssue[] = [];
  for (const [position, plan] of [...others, ...plans].entries()) {
    const shared = new Map<Sharing, { readonly runs: Set<string>; readonly experiments: Set<string> }>();
    for (const run of plan.runs()) {
      const key = `${plan.engine} ${run.hash}`;
      const holders = known.get(key) ?? [];
      for (const other of position < others.length ? [] : holders) {
        const sharing = sharingOf(plan, run, other.run);
        const found = shared.get(sharing) ?? { runs: new Set(), experiments: new Set() };
        shared.set(sharing, found);
        found.runs.add(run.name);
        found.experiments.add(other.plan.experiment);
      }
      known.set(key, [...holders, { plan, run }]);
    }
    for (const [sharing, { runs, experiments }] of shared) {
      const [first] = runs;
      const message = `${count(runs.size, 'run')} of it ${runs.size === 1 ? 'is' : 'are'} in ${listNames([...experiments], 3)}, too, such as ${first}: ${SHARING[sharing]}`;
      issues.push({ code: 'shared-runs', message, ...plan.at });
    }
  }
  return issues;
}

/** What becomes of a run that two experiments have. */
const SHARING = {
  once: 'trained once, for whichever is launched first, and linked to by the others',
  seed: 'with another seed, so each experiment trains its own',
  command: 'its engine is defined in the config, so each experiment trains its own',
} as const;

type Sharing = keyof typeof SHARING;

function sharingOf(plan: AnyPlan, run: PlannedRun<unknown>, other: PlannedRun<unknown>): Sharing {
  if (plan.commandLine) return 'command';
  const seed = ({ config }: PlannedRun<unknown>) => (config as JsonObject)['seed'];
  return seed(run) === seed(other) ? 'once' : 'seed';
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
