import type { LoadedExperiment } from '@mixlab/authoring';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import { planExperiment } from '@mixlab/plan';

/**
 * Values that no type forbids and the schema does, as an alpha of 0, in an experiment whose types are wrong already.
 * What else planning finds may only follow from those, and so may what is wrong where a problem is.
 */
export function wrongValues(
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
    return error.issues.filter((issue) => issue.code === 'invalid-value' && issue.at && !isTold(issue));
  }
}
