import { readFileSync } from 'node:fs';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, JsonObject } from '@mixlab/contracts';
import { PLAN_FILE, plannedPaths, readTemplates, renderFiles } from '@mixlab/engines';
import type { EnginePlan, EngineRun, Translation } from '@mixlab/engines';
import { parsePlan, planFilePieces } from '@mixlab/plan';
import type { PlannedRun } from '@mixlab/plan';
import type { ExperimentFiles } from '@mixlab/writer';
import type { EngineeredPlan } from './engines.ts';

/**
 * What each plan generates, rendered as the writer asks for it.
 *
 * @param elsewhere whether config files lie outside of their experiments' folders, as under OpenMixup's naming
 */
export function experimentFiles(plans: readonly EngineeredPlan[], elsewhere = false): ExperimentFiles[] {
  const templates = readTemplates((file) => readFileSync(file, 'utf8'));
  return plans.map((engineered) => {
    const view = enginePlan(engineered);
    return {
      experiment: engineered.plan.experiment,
      elsewhere,
      files: () => renderFiles(view, engineered.engine, templates),
      planned: () => plannedPaths(view, engineered.engine),
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

function enginePlan({ plan, translate }: EngineeredPlan): EnginePlan {
  const runs = () => plan.runs() as Iterable<PlannedRun<JsonObject>>;
  return {
    experiment: plan.experiment,
    source: plan.source,
    launch: plan.launch,
    halving: plan.halving,
    runs: translate ? () => translated(runs(), translate) : runs,
    planFile: () => planFilePieces(plan),
  };
}

/** The runs that can be translated, each with its config in the engine's terms once it is asked for. */
function* translated(
  runs: Iterable<PlannedRun<JsonObject>>,
  translate: (config: JsonObject) => Translation,
): Generator<EngineRun> {
  for (const run of runs) {
    const { name, hash, configPath, trials, selected } = run;
    const translation = translate(run.config);
    if ('config' in translation) {
      yield { name, hash, configPath, trials, selected, config: translation.config };
    }
  }
}
