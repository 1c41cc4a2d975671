import type { CommandIo } from '@mixlab/contracts';
import { readPlans } from './read-plans.ts';
import type { PlanSelection } from './read-plans.ts';
import { selectRuns } from './select-runs.ts';

/** A line for each experiment and each run that a command was told of and that no plan has; `Command.wrongNames`. */
export function wrongNames(
  given: PlanSelection & { readonly run?: readonly string[] | undefined },
  io: CommandIo,
): readonly string[] {
  const { plans, problems, exitCode } = readPlans(given, io);
  return [...problems, ...(exitCode === 0 && given.run ? selectRuns(plans, given.run).problems : [])];
}
