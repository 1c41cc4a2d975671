import { findConfigs, loadExperiments } from '@mixlab/authoring';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import type { Plan } from '@mixlab/plan';
import { configsOptions } from './configs-options.ts';
import { namedFiles } from './named-files.ts';
import { notesOf } from './notes.ts';
import { planEach } from './plan-experiments.ts';
import { failureIssues, noneAuthored } from './prepare.ts';
import { pendingDefaults } from './config-version.ts';
import { toldRenames } from './told-renames.ts';

/** What is known of authored experiments without writing anything. */
export interface CheckedExperiments {
  /** Of those with which nothing is wrong. */
  readonly plans: readonly Plan<unknown>[];
  /** What `configs` refuses. */
  readonly issues: readonly ConfigIssue[];
  /** What it takes, although it may be no intent. */
  readonly notes: readonly ConfigIssue[];
}

/**
 * Checks the authored files that are named, all of them where none is.
 *
 * @param loadLimitMs the longest that one file may take to load
 */
export async function checkExperiments(
  named: readonly string[],
  { home, cwd }: Pick<CommandIo, 'home' | 'cwd'>,
  loadLimitMs?: number,
): Promise<CheckedExperiments> {
  const known = await findConfigs(home);
  if (known.length === 0) return { plans: [], issues: [noneAuthored], notes: [] };
  const { files, issues } = namedFiles(named.length > 0 ? named : [home], known, { home, cwd });
  if (issues.length > 0) return { plans: [], issues, notes: [] };
  const { experiments, failures } = await loadExperiments({
    home,
    ...(loadLimitMs === undefined ? {} : { loadLimitMs }),
  });
  const isMeant = ({ file }: { readonly file: string }) => files.has(file) || !known.includes(file);
  const options = configsOptions.parse({});
  const meant = planEach(experiments.filter(isMeant), experiments, options);
  const others = experiments.filter((loaded) => !isMeant(loaded));
  return {
    plans: meant.plans,
    issues: toldRenames([...failures.filter(isMeant).flatMap(failureIssues), ...meant.issues]),
    notes: [
      ...pendingDefaults(home),
      ...notesOf(meant.plans, planEach(others, experiments, options).plans, home),
    ],
  };
}
