import { formatIssue } from '@mixlab/contracts';
import type { AuthoredExperiments } from '../src/index.ts';

/** Every issue as its user reads it. */
export function issueLines({ failures }: AuthoredExperiments): string[] {
  return failures.flatMap(({ issues }) => issues.map(formatIssue));
}
