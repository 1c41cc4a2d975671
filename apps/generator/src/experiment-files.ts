import { readFileSync } from 'node:fs';
import type { JsonObject } from '@mixlab/contracts';
import { mixlabEngine, plannedPaths, readTemplates, renderFiles } from '@mixlab/engines';
import type { EnginePlan, EngineRun } from '@mixlab/engines';
import { planFilePieces } from '@mixlab/plan';
import type { Plan, PlannedRun } from '@mixlab/plan';
import type { ExperimentFiles } from '@mixlab/writer';

/** What each plan generates, rendered as the writer asks for it. */
export function experimentFiles(plans: readonly Plan<unknown>[]): ExperimentFiles[] {
  const templates = readTemplates((file) => readFileSync(file, 'utf8'));
  return plans.map((plan) => {
    const view = enginePlan(plan);
    return {
      experiment: plan.experiment,
      files: () => renderFiles(view, mixlabEngine, templates),
      planned: () => plannedPaths(view),
    };
  });
}

function enginePlan(plan: Plan<unknown>): EnginePlan {
  return {
    experiment: plan.experiment,
    source: plan.source,
    launch: plan.launch,
    runs: () => plan.runs() as Iterable<PlannedRun<JsonObject>> as Iterable<EngineRun>,
    planFile: () => planFilePieces(plan),
  };
}
