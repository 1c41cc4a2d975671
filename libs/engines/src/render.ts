import type { RenderedFile } from '@mixlab/contracts';
import { COMMANDS_FILE, renderCommands } from './command-engine.ts';
import type { Engine, EnginePlan, EngineRun } from './engine.ts';
import { launchScriptPaths, renderLaunchScripts } from './launch-scripts.ts';
import type { Templates } from './templates.ts';

export const PLAN_FILE = 'plan.json';

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
    if (run.selected) yield new ConfigFile(run, engine);
  }
  if (engine.commandLine) yield { path: COMMANDS_FILE, text: renderCommands(plan, engine.commandLine) };
  yield* renderLaunchScripts(plan, engine, templates);
  yield { path: PLAN_FILE, text: plan.planFile() };
}

/** The paths of all that the whole plan generates, selected or not: what a narrower generation leaves in place. */
export function* plannedPaths(plan: EnginePlan, engine?: Engine): Generator<string> {
  for (const run of plan.runs()) yield run.configPath;
  if (engine?.commandLine) yield COMMANDS_FILE;
  yield* launchScriptPaths;
  yield PLAN_FILE;
}

/** A run's config file, printed when it is asked for: as bytes where it is written, as text where it is compared. */
class ConfigFile implements RenderedFile {
  readonly #run: EngineRun;
  readonly #engine: Engine;

  constructor(run: EngineRun, engine: Engine) {
    this.#run = run;
    this.#engine = engine;
  }

  get path(): string {
    return this.#run.configPath;
  }

  get text(): string {
    return this.#engine.configText(this.#run.config);
  }

  bytes(): Uint8Array {
    return this.#engine.configBytes(this.#run.config);
  }
}
