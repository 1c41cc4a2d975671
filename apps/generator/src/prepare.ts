import { loadExperiments } from '@mixlab/authoring';
import type { FailedFile } from '@mixlab/authoring';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import type { Plan } from '@mixlab/plan';
import { chooseExperiments } from './choose-experiments.ts';
import type { ConfigsOptions } from './configs-options.ts';
import { planExperiments } from './plan-experiments.ts';
import { wrongValues } from './wrong-values.ts';

/** What is to be generated, checked in full. */
export interface Prepared {
  readonly plans: readonly Plan<unknown>[];
  /** Chosen experiments in which the selection matches nothing. */
  readonly leftAlone: readonly string[];
  /** Authored files with problems that concern none of the chosen experiments. */
  readonly unread: readonly string[];
}

/**
 * Loads and plans the chosen experiments of a workspace.
 *
 * @throws ConfigError with everything that is wrong in any of them
 */
export async function prepare(home: string, options: ConfigsOptions): Promise<Prepared> {
  const authored = await loadExperiments({ home });
  if (authored.experiments.length + authored.failures.length === 0) throw new ConfigError([noneAuthored]);
  const chosen = chooseExperiments(authored, options.experiment);
  const known = [...chosen.issues, ...chosen.failures.flatMap(issuesOf)];
  const plans = planExperiments(chosen.experiments, authored.experiments, options, known);
  return {
    plans: plans.filter((plan) => plan.selectedSize > 0),
    leftAlone: plans.filter((plan) => plan.selectedSize === 0).map((plan) => plan.experiment),
    unread: chosen.otherFailures.map(({ file }) => file),
  };
}

function issuesOf({ issues, unsound }: FailedFile): readonly ConfigIssue[] {
  return unsound ? [...issues, ...wrongValues(unsound, issues)] : issues;
}

const noneAuthored: ConfigIssue = {
  code: 'no-experiments',
  message: 'there are no experiments: no file matches configs/**/*.config.ts',
};
