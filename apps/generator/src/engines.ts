import type { RunConfig } from '@mixlab/catalog';
import type { CommandLine, ConfigIssue, JsonObject, PythonFloats } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { commandEngine, mixlabEngine, openmixupEngine, translate } from '@mixlab/engines';
import type { Engine, Translation } from '@mixlab/engines';
import type { Plan } from '@mixlab/plan';
import type { ConfigsOptions } from './configs-options.ts';

const engines: Readonly<Record<string, (floats?: PythonFloats) => Engine>> = {
  mixlab: () => mixlabEngine,
  openmixup: openmixupEngine,
};

/** A plan with the engine that its files are written for. */
export interface EngineeredPlan {
  readonly plan: Plan<unknown>;
  readonly engine: Engine;
  /** A run's config in the engine's terms; absent where the experiment is written in them. */
  readonly translate?: (config: JsonObject) => Translation;
  /** Runs that the engine cannot take. */
  readonly leftOut: readonly LeftOutRun[];
}

export interface LeftOutRun {
  readonly name: string;
  readonly reasons: readonly string[];
}

/** The problem with an experiment that cannot be written for the engine that is asked for, or for any. */
export function engineIssue(
  { schema, authored }: ExperimentData,
  { engine }: ConfigsOptions,
): ConfigIssue | undefined {
  const wanted = engine ?? schema.engine;
  const isOwn = schema.commandLine !== undefined;
  if (isOwn && !Object.hasOwn(engines, schema.engine) && wanted === schema.engine) return undefined;
  if (isOwn && Object.hasOwn(engines, schema.engine)) {
    return {
      code: 'taken-engine-name',
      message: 'an engine of your own needs another name than those of Mixlab',
      got: JSON.stringify(schema.engine),
      ...(authored.at ? { at: authored.at } : {}),
    };
  }
  const at = authored.at ? { at: authored.at } : {};
  if (!Object.hasOwn(engines, wanted)) {
    return {
      code: 'unknown-engine',
      message: 'no engine of this name writes configs',
      expected: `one of ${Object.keys(engines).join(', ')}`,
      got: JSON.stringify(wanted),
      ...at,
    };
  }
  if (wanted === schema.engine) return undefined;
  if (schema.engine === 'mixlab' && wanted === 'openmixup') return undefined;
  return {
    code: 'untranslatable',
    message: `an experiment for ${schema.engine} cannot be written for ${wanted}`,
    path: '--engine',
    ...at,
  };
}

/** The problems with what the command line asks of engines. */
export function engineOptionIssues({ engine, out, strictOpenmixup }: ConfigsOptions): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  if (engine === 'openmixup' && out === undefined) {
    issues.push({
      code: 'missing-option',
      message: 'configs for OpenMixup are written into a checkout of it',
      path: '--out',
      expected: 'the folder of the checkout',
    });
  }
  if (strictOpenmixup && engine !== 'openmixup') {
    issues.push({ code: 'idle-option', message: 'only for --engine=openmixup', path: '--strict-openmixup' });
  }
  return issues;
}

/** The plan for the engine that is asked for, without the runs that this one cannot take. */
export function engineered(plan: Plan<unknown>, options: ConfigsOptions): EngineeredPlan {
  const { strictOpenmixup } = options;
  const wanted = options.engine ?? plan.engine;
  const { commandLine, floats } = plan;
  const engine = commandLine ? commandEngine(wanted, commandLine as CommandLine) : engines[wanted]!(floats);
  if (wanted === plan.engine) return { plan, engine, leftOut: [] };
  const gpus = Math.max(plan.launch.gpusPerRun, engine.leastGpus);
  const inItsTerms = (config: JsonObject): Translation =>
    plan.halving
      ? { reasons: ['no training that pauses after some epochs, as halving has them do'] }
      : translate(config as unknown as RunConfig, { gpus, strict: strictOpenmixup });
  const leftOut: LeftOutRun[] = [];
  const positions = new Set<number>();
  for (const run of plan.runs()) {
    const translation = inItsTerms(run.config as JsonObject);
    if (!('reasons' in translation)) continue;
    positions.add(run.index);
    if (run.selected) leftOut.push({ name: run.name, reasons: translation.reasons });
  }
  return { plan: plan.forEngine(wanted, positions), engine, translate: inItsTerms, leftOut };
}
