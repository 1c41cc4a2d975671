import { isDeepStrictEqual } from 'node:util';
import type { LoadedExperiment } from '@mixlab/authoring';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import { planExperiment } from '@mixlab/plan';

/** The problems of a file whose types are wrong: where planning knows better than they what is wrong, it says so. */
export function problemsOf(
  issues: readonly ConfigIssue[],
  unsound: LoadedExperiment,
): readonly ConfigIssue[] {
  const wrong = wrongValues(unsound, issues);
  const isUnread = ({ at }: ConfigIssue) =>
    wrong.some((other) => other.code === 'unread-path' && at && isDeepStrictEqual(at, other.at));
  return [...issues.filter((issue) => !isUnread(issue)), ...wrong];
}

/** Problems that follow from no type. */
const BY_ITSELF: ReadonlySet<string> = new Set(['unread-path', 'two-sources']);

/**
 * Values that no type forbids and the schema does, as an alpha of 0, in an experiment whose types are wrong already.
 * What else planning finds may only follow from those, and so may what is wrong where a problem is.
 */
function wrongValues(
  { experiment, file, sha256 }: LoadedExperiment,
  told: readonly ConfigIssue[],
): ConfigIssue[] {
  try {
    planExperiment<unknown>(experiment, { source: { file, sha256 }, sets: [] });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const isTold = ({ at, path }: ConfigIssue): boolean =>
      told.some(
        (other) =>
          other.at?.file === at?.file &&
          other.at?.line === at?.line &&
          (other.at?.column === at?.column || other.path === path),
      );
    return error.issues.filter((issue) => {
      return BY_ITSELF.has(issue.code) || (issue.code === 'invalid-value' && issue.at && !isTold(issue));
    });
  }
}
