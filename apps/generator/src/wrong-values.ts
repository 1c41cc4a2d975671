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
    const places = new Set(told.flatMap(({ at }) => (at ? [`${at.file}:${at.line}:${at.column}`] : [])));
    return error.issues.filter(
      ({ code, at }) => code === 'invalid-value' && at && !places.has(`${at.file}:${at.line}:${at.column}`),
    );
  }
}
