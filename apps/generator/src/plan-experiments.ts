import { posix } from 'node:path';
import type { LoadedExperiment } from '@mixlab/authoring';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, JsonValue } from '@mixlab/contracts';
import { checkNames, parseSetting, planExperiment, selectPlans } from '@mixlab/plan';
import type { Plan, Selection } from '@mixlab/plan';
import { commandIssues } from './command-issues.ts';
import type { ConfigsOptions } from './configs-options.ts';
import { engineIssue, engineOptionIssues } from './engines.ts';
import { wholeSettings } from './whole-settings.ts';

type AnyPlan = Plan<unknown>;

/** Adds up the problems of several steps, so that all are told at once. */
class Problems {
  readonly issues: ConfigIssue[] = [];

  /** What `work` returns; undefined where it throws issues, which are kept. */
  collect<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.issues.push(...error.issues);
      return undefined;
    }
  }
}

/** What is asked for, as far as it can be planned, and all that is wrong. */
export interface PlannedExperiments {
  readonly plans: readonly AnyPlan[];
  readonly issues: readonly ConfigIssue[];
}

/**
 * Plans the chosen experiments, each by itself, with what the command line changes.
 *
 * @param all every authored experiment: a chosen one's name must not clash with any
 */
export function planEach(
  chosen: readonly LoadedExperiment[],
  all: readonly LoadedExperiment[],
  options: ConfigsOptions,
): PlannedExperiments {
  const problems = new Problems();
  problems.issues.push(...engineOptionIssues(options), ...nameIssues(chosen, all));
  problems.issues.push(...chosen.flatMap(({ experiment }) => engineIssue(experiment, options) ?? []));
  const sets = settingsOf(options, problems);
  const naming = options.naming === 'mixlab' ? undefined : options.naming;
  const plans = chosen.flatMap(({ experiment, file, sha256, imports }) => {
    const planOptions = { source: { file, sha256, imports }, sets, naming };
    return problems.collect(() => planExperiment<unknown>(experiment, planOptions)) ?? [];
  });
  if (naming !== undefined) problems.issues.push(...sharedFiles(plans));
  problems.issues.push(...plans.flatMap(commandIssues));
  return { plans, issues: problems.issues };
}

/**
 * The plans of the chosen experiments, with what the command line changes and selects.
 *
 * @param all every authored experiment: a chosen one's name must not clash with any
 * @throws ConfigError with everything that is wrong in any of them, and with `known`
 */
export function planExperiments(
  chosen: readonly LoadedExperiment[],
  all: readonly LoadedExperiment[],
  options: ConfigsOptions,
  known: readonly ConfigIssue[] = [],
): AnyPlan[] {
  const { plans, issues } = planEach(chosen, all, options);
  // A selection is checked against all plans: without some of them it would blame the wrong thing.
  if (known.length + issues.length > 0) throw new ConfigError([...known, ...issues]);
  return selectPlans(plans, selectionOf(options));
}

function nameIssues(chosen: readonly LoadedExperiment[], all: readonly LoadedExperiment[]): ConfigIssue[] {
  const files = new Set(chosen.map(({ file }) => file));
  return checkNames(all).filter(({ at }) => !at || files.has(at.file));
}

/** Files that two experiments would write, each another one: under a naming of its own, an experiment has no folder. */
function sharedFiles(plans: readonly AnyPlan[]): ConfigIssue[] {
  const known = new Map<string, { readonly hash: string; readonly experiment: string }>();
  return plans.flatMap((plan) => {
    for (const { configPath, hash } of plan.runs()) {
      const path = posix.join(plan.experiment, configPath);
      const other = known.get(path);
      if (other && other.hash !== hash) {
        const message = `the experiments ${other.experiment} and ${plan.experiment} would both write ${path}`;
        return [
          {
            code: 'same-file',
            message,
            path: '--naming',
            at: { file: plan.source.file, line: 1, column: 1 },
          },
        ];
      }
      known.set(path, { hash, experiment: plan.experiment });
    }
    return [];
  });
}

function settingsOf(options: ConfigsOptions, problems: Problems): (readonly [string, JsonValue])[] {
  return wholeSettings(options.set ?? []).flatMap((text) => {
    const setting = problems.collect(() => parseSetting(text));
    return setting ? [setting] : [];
  });
}

/** The axes that have a flag of their own. */
function selectionOf({ mixMode, backbone, maxEpochs }: ConfigsOptions): Selection {
  const wanted = Object.entries({ mixMode, backbone, maxEpochs });
  return Object.fromEntries(
    wanted.flatMap(([axis, values]) => (values && values.length > 0 ? [[axis, values]] : [])),
  );
}
