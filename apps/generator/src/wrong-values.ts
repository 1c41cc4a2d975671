import { isDeepStrictEqual } from 'node:util';
import type { LoadedExperiment } from '@mixlab/authoring';
import { fieldsRead } from '@mixlab/catalog';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import type { Step } from '@mixlab/dsl';
import { planExperiment } from '@mixlab/plan';
import { fieldsBehind, fieldsMeant } from './fields-behind.ts';
import type { MayBeOf } from './fields-behind.ts';

/** The problems of a file whose types are wrong: where planning knows better than they what is wrong, it says so. */
export function problemsOf(
  issues: readonly ConfigIssue[],
  unsound: LoadedExperiment,
): readonly ConfigIssue[] {
  const planned = issuesOf(unsound);
  // What is told with its place need not be told of the whole object.
  const isFound = [...issues, ...planned].some(({ code }) => code === 'unknown-path');
  const isPlaced = planned.some(({ code, path }) => path === 'backbone' && fieldsRead(code).length > 0);
  const told = issues.filter(
    ({ code, path }) =>
      !(isFound && code === ELSEWHERE) && !(isPlaced && code === UNSUITED && path === undefined),
  );
  if (told.every(({ code }) => code === ELSEWHERE)) return [...told, ...planned];
  const isElsewhere = isFound && issues.some(({ code }) => code === ELSEWHERE);
  const wrong = wrongValues(planned, told, { isElsewhere, steps: unsound.experiment.steps });
  const isUnread = ({ at }: ConfigIssue) =>
    wrong.some((other) => other.code === 'unread-path' && at && isDeepStrictEqual(at, other.at));
  return [...told.filter((issue) => !isUnread(issue)), ...wrong];
}

/** An object that brings unknown fields from elsewhere, as types see it. */
const ELSEWHERE = 'other-fields';

/** A method on a backbone that it does not suit, as types see it. */
const UNSUITED = 'unsuited';

/** Problems that follow from no type. */
const BY_ITSELF: ReadonlySet<string> = new Set(['unread-path', 'two-sources']);

/**
 * Values that no type forbids and the schema does, as an alpha of 0, in an experiment whose types are wrong already.
 * What else planning finds may only follow from those, and so may what is wrong where a problem is.
 */
function wrongValues(
  planned: readonly ConfigIssue[],
  told: readonly ConfigIssue[],
  { isElsewhere, steps }: { readonly isElsewhere: boolean; readonly steps: readonly Step[] },
): ConfigIssue[] {
  const meant = told.filter((issue) => !isOfOneBackbone(issue)).map((issue) => fieldsMeant(issue, steps));
  const isTold = ({ at, path }: ConfigIssue): boolean =>
    told.some(
      (other) =>
        other.at?.file === at?.file &&
        other.at?.line === at?.line &&
        (other.at?.column === at?.column || other.path === path),
    );
  return planned.filter((issue) => {
    if (BY_ITSELF.has(issue.code)) return true;
    const isMeant = issue.code === 'invalid-value' || (isElsewhere && issue.code === 'unknown-path');
    return (isMeant || isApart(issue, meant, steps)) && issue.at && !isTold(issue);
  });
}

/** What planning finds in an experiment. */
function issuesOf({ experiment, file, sha256 }: LoadedExperiment): readonly ConfigIssue[] {
  try {
    planExperiment<unknown>(experiment, { source: { file, sha256 }, sets: [] });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues;
  }
}

/** Whether a problem stands, whatever was meant where types are wrong: there, any of the fields `meant`. */
function isApart(issue: ConfigIssue, meant: readonly MayBeOf[], steps: readonly Step[]): boolean {
  const behind = fieldsBehind(issue, steps);
  return behind !== undefined && meant.every((mayBeOf) => !behind.some(mayBeOf));
}

/** Whether a backbone does not suit its method, of which types mark the first only: those of others are as certain. */
function isOfOneBackbone({ code, path }: ConfigIssue): boolean {
  return code === UNSUITED && path === 'backbone';
}
