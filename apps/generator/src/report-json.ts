import type { ConfigIssue } from '@mixlab/contracts';
import { planRun } from '@mixlab/plan';
import type { Generation } from './generation.ts';
import { launchCommand } from './launch-command.ts';

/** What `--json` gives: the selected runs as in `plan.json`, and the counts of files. */
export function generationJson(
  { out, dryRun, experiments, leftAlone, untaken }: Generation,
  cwd: string,
): string {
  return print({
    dryRun,
    out,
    experiments: experiments.map(({ plan, files: { written, unchanged, removed, kept } }) => ({
      name: plan.experiment,
      source: plan.source.file,
      files: { written, unchanged, removed, kept },
      next: launchCommand(out, plan.experiment, cwd),
      runs: [...plan.runs()].filter((run) => run.selected).map(planRun),
    })),
    leftAlone,
    leftOut: [...experiments, ...untaken].flatMap(({ plan, leftOut }) =>
      leftOut.map((run) => ({ experiment: plan.experiment, ...run })),
    ),
  });
}

/** What `--json` gives when something is wrong. */
export function issuesJson(issues: readonly ConfigIssue[]): string {
  return print({ issues });
}

export function print(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
