import { count, formatIssue } from '@mixlab/contracts';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import type { CheckOptions } from './check-command.ts';
import { checkExperiments } from './check-experiments.ts';
import type { CheckedExperiments } from './check-experiments.ts';
import { CodeFrames } from './code-frame.ts';
import { sortedIssues } from './issue-lines.ts';
import { printJson } from './outcome.ts';
import { print } from './report-json.ts';

/**
 * Checks and prints what was found.
 *
 * @returns 0, also with notes; 2 when something is wrong
 */
export async function runCheck(options: CheckOptions, io: CommandIo): Promise<number> {
  const checked = await checkExperiments(options.file ?? [], io, options.loadLimit * 1000);
  if (options.json !== true) io.stdout(checkText(checked, io));
  printJson(() => print(checkJson(checked)), options, io);
  return checked.issues.length > 0 ? 2 : 0;
}

function checkText({ plans, issues, notes }: CheckedExperiments, { home, isTty }: CommandIo): string {
  const frames = new CodeFrames(home, isTty);
  const shown = (issue: ConfigIssue, lead = ''): string =>
    `${lead}${formatIssue(issue)}\n${frames.frame(issue)}\n`;
  const problems = sortedIssues(issues).map((issue) => shown(issue));
  const remarks = sortedIssues(notes).map((issue) => shown(issue, 'note: '));
  return [...problems, ...remarks, `${closing(problems.length, remarks.length, plans)}\n`].join('');
}

function closing(problems: number, notes: number, plans: CheckedExperiments['plans']): string {
  const runs = plans.reduce((sum, { size }) => sum + size, 0);
  const sound = `${count(plans.length, 'experiment')} of ${count(runs, 'run')}: nothing is wrong`;
  const said = notes > 0 ? `, ${count(notes, 'note')}` : '';
  return problems > 0 ? `${count(problems, 'problem')}${said}` : `${sound}${said}`;
}

function checkJson({ plans, issues, notes }: CheckedExperiments): object {
  return {
    issues: sortedIssues(issues),
    notes: sortedIssues(notes),
    experiments: plans.map(({ experiment, source, size, trials }) => {
      return { name: experiment, source: source.file, runs: size, trials };
    }),
  };
}
