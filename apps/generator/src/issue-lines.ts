import { formatIssue } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';

/** Issues as lines, those of a file together and in its order, none twice. */
export function issueLines(issues: readonly ConfigIssue[]): string[] {
  const sorted = [...issues].sort(
    (a, b) =>
      compare(a.at?.file ?? '', b.at?.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
  return [...new Set(sorted.map(formatIssue))];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
