import { methods } from '@mixlab/catalog';
import { formatIssue } from '@mixlab/contracts';
import type { AuthoredExperiments } from '../src/index.ts';

const methodNames = methods.map(({ name }) => name).join(', ');

/** Every issue as its user reads it; where all methods are listed, `<methods>` stands. */
export function issueLines({ failures }: AuthoredExperiments): string[] {
  const lines = failures.flatMap(({ issues }) => issues.map(formatIssue));
  return lines.map((line) => line.replaceAll(methodNames, '<methods>'));
}
