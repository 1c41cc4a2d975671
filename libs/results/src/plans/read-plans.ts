import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { planFolders } from './plan-options.ts';
import { readPlan } from './read-plan.ts';
import { selectPlans } from './select-plans.ts';

/** What a command was told of plans: the fields of `planOptions`. */
export interface PlanSelection {
  readonly experiment?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly workDir?: string | undefined;
}

/** The plans that a command was asked about. */
export interface ReadPlans {
  readonly plans: readonly PlanFile[];
  /** Absolute; an experiment's run directories are below `<workDir>/<experiment>`. */
  readonly workDir: string;
  /** A line for each pattern that matches nothing and for each plan that cannot be read. */
  readonly problems: readonly string[];
  /** What the command ends with if nothing else goes wrong: 1 where a plan cannot be read, 2 where a pattern is wrong. */
  readonly exitCode: 0 | 1 | 2;
}

/** Reads the plans that `--experiment`, `--out` and `--work-dir` select; none where a pattern matches nothing. */
export function readPlans(given: PlanSelection, io: CommandIo): ReadPlans {
  const { out, shownOut, workDir } = planFolders(given, io);
  const { experiments, problems } = selectPlans(out, given.experiment, shownOut);
  if (problems.length > 0) return { plans: [], workDir, problems, exitCode: 2 };
  const read = experiments.map((experiment) => readPlan(out, experiment, shownOut));
  const unreadable = read.flatMap((each) => ('problem' in each ? [each.problem] : []));
  return {
    plans: read.flatMap((each) => ('plan' in each ? [each.plan] : [])),
    workDir,
    problems: unreadable,
    exitCode: unreadable.length > 0 ? 1 : 0,
  };
}
