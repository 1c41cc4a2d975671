import { reservedSbatchOptions } from '@mixlab/contracts';
import type { RenderedFile } from '@mixlab/contracts';
import type { Engine, EnginePlan } from './engine.ts';
import { listTemplate, scriptTemplate, type ScriptValues } from './script-template.ts';
import { slurmOptions } from './slurm-options.ts';
import type { Templates } from './templates.ts';

export const launchScriptPaths = [
  'launch/scheduler.sh',
  'launch/local.sh',
  'launch/slurm-scheduler.sh',
  'launch/slurm.sh',
] as const;

/** For each launcher what it does, then the script that lists every trial of every selected run over it. */
export function* renderLaunchScripts(
  plan: EnginePlan,
  engine: Engine,
  templates: Templates,
): Generator<RenderedFile> {
  const [scheduler, local, slurmScheduler, slurm] = launchScriptPaths;
  const partials = { ...templates, trainer: templates[engine.trainer] };
  const values = {
    experiment: plan.experiment,
    source: plan.source.file,
    gpusPerRun: Math.max(plan.launch.gpusPerRun, engine.leastGpus),
    reservedOptions: reservedSbatchOptions.join(' '),
  };
  const options = slurmOptions(plan.launch).map((option) => ({ option }));
  // A line without values.
  const halving = plan.halving ? [{}] : [];
  yield { path: scheduler, text: scriptTemplate(templates.scheduler, partials)(values) };
  yield {
    path: local,
    text: listTemplate(templates.local)(values, { halving, runs: trialsOf(plan) }),
    executable: true,
  };
  yield { path: slurmScheduler, text: scriptTemplate(templates.slurmScheduler, partials)(values) };
  yield {
    path: slurm,
    text: listTemplate(templates.slurm)(values, { options, halving, runs: trialsOf(plan) }),
    executable: true,
  };
}

function* trialsOf(plan: EnginePlan): Generator<ScriptValues> {
  for (const { name, hash, configPath, trials, selected } of plan.runs()) {
    if (!selected) continue;
    for (let trial = 1; trial <= trials; trial += 1) yield { name, hash, config: configPath, trial };
  }
}
