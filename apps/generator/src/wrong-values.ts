import { isDeepStrictEqual } from 'node:util';
import type { LoadedExperiment } from '@mixlab/authoring';
import { fieldsRead } from '@mixlab/catalog';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import { planExperiment } from '@mixlab/plan';

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
  const wrong = wrongValues(planned, told, isElsewhere);
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
  isOfElsewhere: boolean,
): ConfigIssue[] {
  const isTold = ({ at, path }: ConfigIssue): boolean =>
    told.some(
      (other) =>
        other.at?.file === at?.file &&
        other.at?.line === at?.line &&
        (other.at?.column === at?.column || other.path === path),
    );
  return planned.filter((issue) => {
    if (BY_ITSELF.has(issue.code)) return true;
    const isMeant = issue.code === 'invalid-value' || (isOfElsewhere && issue.code === 'unknown-path');
    return (isMeant || isApart(issue, told)) && issue.at && !isTold(issue);
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

/** Whether a rule between fields is broken, whatever was meant where types are wrong. */
function isApart({ code }: ConfigIssue, told: readonly ConfigIssue[]): boolean {
  const read = fieldsRead(code).map((path) => path.replace(/\[.*/, ''));
  return (
    read.length > 0 &&
    told.every(
      (other) =>
        isOfOneBackbone(other) ||
        (isKnown(other) && !namesOf(other).some((name) => read.some((path) => overlap(path, name)))),
    )
  );
}

/** Whether a backbone does not suit its method, of which types mark the first only: those of others are as certain. */
function isOfOneBackbone({ code, path }: ConfigIssue): boolean {
  return code === UNSUITED && path === 'backbone';
}

/** Whether it can be told which field a problem is of. */
function isKnown({ code, path, nearest }: ConfigIssue): boolean {
  return path !== undefined && (code !== 'unknown-path' || nearest !== undefined);
}

/** The field that a problem is of, as it is written and as it may have been meant. */
function namesOf({ path = '', nearest }: ConfigIssue): string[] {
  return [path, ...(nearest === undefined ? [] : [nearest, `${path.replace(/[^.]*$/, '')}${nearest}`])];
}

function overlap(one: string, other: string): boolean {
  return `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`);
}
