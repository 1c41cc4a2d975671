import type { RenderedFile } from '@mixlab/contracts';
import type { Engine, EnginePlan } from './engine.ts';
import { listTemplate, scriptTemplate, type ScriptValues } from './script-template.ts';
import type { Templates } from './templates.ts';

export const launchScriptPaths = ['launch/scheduler.sh', 'launch/local.sh'] as const;

/** The scheduler, then the script that lists every trial of every selected run over it. */
export function* renderLaunchScripts(
  plan: EnginePlan,
  engine: Engine,
  templates: Templates,
): Generator<RenderedFile> {
  const [scheduler, local] = launchScriptPaths;
  const partials = { ...templates, trainer: templates[engine.trainer] };
  yield { path: scheduler, text: scriptTemplate(templates.scheduler, partials)({}) };
  const values = {
    experiment: plan.experiment,
    source: plan.source.file,
    gpusPerRun: plan.launch.gpusPerRun,
  };
  yield { path: local, text: listTemplate(templates.local)(values, trialsOf(plan)), executable: true };
}

function* trialsOf(plan: EnginePlan): Generator<ScriptValues> {
  for (const { name, hash, configPath, trials, selected } of plan.runs()) {
    if (!selected) continue;
    for (let trial = 1; trial <= trials; trial += 1) yield { name, hash, config: configPath, trial };
  }
}
