import { loadExperiments } from '@mixlab/authoring';
import type { FailedFile } from '@mixlab/authoring';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import { chooseExperiments } from './choose-experiments.ts';
import type { ConfigsOptions } from './configs-options.ts';
import { engineered } from './engines.ts';
import type { EngineeredPlan } from './engines.ts';
import { planEach, planExperiments } from './plan-experiments.ts';
import type { PlannedExperiments } from './plan-experiments.ts';
import { problemsOf } from './wrong-values.ts';
import { readConfigVersion } from './config-version.ts';

/** What is to be generated, checked in full. */
export interface Prepared {
  readonly plans: readonly EngineeredPlan[];
  /** Chosen experiments in which the selection matches nothing. */
  readonly leftAlone: readonly string[];
  /** Chosen experiments of which the engine can take nothing that is selected. */
  readonly untaken: readonly EngineeredPlan[];
  /** Authored files with problems that concern none of the chosen experiments. */
  readonly unread: readonly string[];
}

/**
 * Loads and plans the chosen experiments of a workspace.
 *
 * @throws ConfigError with everything that is wrong in any of them
 */
export async function prepare(home: string, options: ConfigsOptions): Promise<Prepared> {
  const { chosen, all, known } = await chosenExperiments(home, options);
  const plans = planExperiments(chosen.experiments, all, options, known);
  const meant = plans.filter((plan) => plan.selectedSize > 0).map((plan) => engineered(plan, options));
  const taken = meant.filter(({ plan }) => plan.selectedSize > 0);
  if (meant.length > 0 && taken.length === 0) throw new ConfigError(meant.flatMap(untakenIssues));
  return {
    plans: taken,
    leftAlone: plans.filter((plan) => plan.selectedSize === 0).map((plan) => plan.experiment),
    untaken: meant.filter(({ plan }) => plan.selectedSize === 0),
    unread: chosen.otherFailures.map(({ file }) => file),
  };
}

/** The plans of the chosen experiments with which nothing is wrong, and what is wrong with the others. */
export async function prepareSound(home: string, options: ConfigsOptions): Promise<PlannedExperiments> {
  const { chosen, all, known } = await chosenExperiments(home, options);
  const { plans, issues } = planEach(chosen.experiments, all, options);
  return { plans, issues: [...known, ...issues] };
}

async function chosenExperiments(home: string, options: ConfigsOptions) {
  readConfigVersion(home);
  const authored = await loadExperiments({ home });
  if (authored.experiments.length + authored.failures.length === 0) throw new ConfigError([noneAuthored]);
  const chosen = chooseExperiments(authored, options.experiment);
  const known = [...chosen.failures.flatMap(failureIssues), ...chosen.issues];
  return { chosen, all: authored.experiments, known };
}

/** What is wrong with a file that holds no usable experiment. */
export function failureIssues({ issues, unsound }: FailedFile): readonly ConfigIssue[] {
  return unsound ? problemsOf(issues, unsound) : issues;
}

/** Why an engine can take nothing of an experiment. */
function untakenIssues({ plan, engine, leftOut }: EngineeredPlan): ConfigIssue[] {
  const reasons = new Set(leftOut.flatMap((run) => run.reasons));
  return [...reasons].map((reason) => ({
    code: 'untaken',
    message: `${engine.name} can take no run of ${plan.experiment}: ${reason}`,
    at: { file: plan.source.file, line: 1, column: 1 },
  }));
}

export const noneAuthored: ConfigIssue = {
  code: 'no-experiments',
  message: 'there are no experiments: no file matches configs/**/*.config.ts',
};
