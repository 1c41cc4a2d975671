import { formatIssue } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';

/** Issues as lines, those of a file together and in its order, none twice. */
export function issueLines(issues: readonly ConfigIssue[]): string[] {
  return sortedIssues(issues).map(formatIssue);
}

/** Issues, those of a file together and in its order, none twice. */
export function sortedIssues(issues: readonly ConfigIssue[]): ConfigIssue[] {
  const sorted = [...issues].sort(
    (a, b) =>
      compare(a.at?.file ?? '', b.at?.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
  return [...new Map(sorted.map((issue) => [formatIssue(issue), issue])).values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
