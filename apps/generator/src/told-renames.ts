import { renameOf } from '@mixlab/catalog/upgrade';
import type { ConfigIssue } from '@mixlab/contracts';

/** Issues in which a name that is unknown because a version renamed it says so. */
export function toldRenames(issues: readonly ConfigIssue[]): ConfigIssue[] {
  return issues.map((issue) => {
    // In a function that makes a method, nothing says whose parameter it is.
    const rename = UNKNOWN.has(issue.code)
      ? (renameOf(issue.path) ?? renameOf(`mixMode.${issue.path}`))
      : undefined;
    if (!rename) return issue;
    const { nearest: _nearest, expected: _expected, ...rest } = issue;
    const { to, version } = rename;
    const told = `${issue.message}: renamed to "${to}" in version ${version} of the run config`;
    // What is typed on the command line nobody rewrites.
    return { ...rest, message: issue.at ? `${told}; run \`npx mixlab fix\`` : told };
  });
}

const UNKNOWN: ReadonlySet<string> = new Set(['unknown-path', 'not-an-axis']);
