import { readFileSync } from 'node:fs';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, JsonObject } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { mixlabEngine, PLAN_FILE, plannedPaths, readTemplates, renderFiles } from '@mixlab/engines';
import type { Engine, EnginePlan, EngineRun } from '@mixlab/engines';
import { parsePlan, planFilePieces } from '@mixlab/plan';
import type { Plan, PlannedRun } from '@mixlab/plan';
import type { ExperimentFiles } from '@mixlab/writer';

const engines: Readonly<Record<string, Engine>> = { mixlab: mixlabEngine };

/** The problem with an experiment that is written for an engine which is not there. */
export function engineIssue({ schema, authored }: ExperimentData): ConfigIssue | undefined {
  if (Object.hasOwn(engines, schema.engine)) return undefined;
  return {
    code: 'unknown-engine',
    message: 'no engine of this name writes configs',
    expected: `one of ${Object.keys(engines).join(', ')}`,
    got: JSON.stringify(schema.engine),
    ...(authored.at ? { at: authored.at } : {}),
  };
}

/**
 * What each plan generates, rendered as the writer asks for it.
 *
 * @param elsewhere whether config files lie outside of their experiments' folders, as under OpenMixup's naming
 */
export function experimentFiles(plans: readonly Plan<unknown>[], elsewhere = false): ExperimentFiles[] {
  const templates = readTemplates((file) => readFileSync(file, 'utf8'));
  return plans.map((plan) => {
    const view = enginePlan(plan);
    return {
      experiment: plan.experiment,
      elsewhere,
      files: () => renderFiles(view, engines[plan.engine]!, templates),
      planned: () => plannedPaths(view),
      damage: (path, text, file) => (path === PLAN_FILE ? planDamage(text, file) : []),
    };
  });
}

/** Why a text is no plan: the writer only knows that it is not the one that was written. */
function planDamage(text: string, file: string): readonly ConfigIssue[] {
  try {
    parsePlan(text, file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
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
