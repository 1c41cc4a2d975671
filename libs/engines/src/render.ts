import type { RenderedFile } from '@mixlab/contracts';
import type { Engine, EnginePlan } from './engine.ts';
import { launchScriptPaths, renderLaunchScripts } from './launch-scripts.ts';
import type { Templates } from './templates.ts';

const PLAN_FILE = 'plan.json';

/**
 * The files of an experiment, one by one as they are asked for: the config of each selected run, the launch scripts, and
 * `plan.json` last. The same plan gives the same bytes.
 */
export function* renderFiles(
  plan: EnginePlan,
  engine: Engine,
  templates: Templates,
): Generator<RenderedFile> {
  for (const run of plan.runs()) {
    if (run.selected) yield { path: run.configPath, text: engine.configText(run.config) };
  }
  yield* renderLaunchScripts(plan, engine, templates);
  yield { path: PLAN_FILE, text: plan.planFile() };
}

/** The paths of all that the whole plan generates, selected or not: what a narrower generation leaves in place. */
export function* plannedPaths(plan: EnginePlan): Generator<string> {
  for (const run of plan.runs()) yield run.configPath;
  yield* launchScriptPaths;
  yield PLAN_FILE;
}
