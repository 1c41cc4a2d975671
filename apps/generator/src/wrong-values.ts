import { isDeepStrictEqual } from 'node:util';
import type { LoadedExperiment } from '@mixlab/authoring';
import { fieldsRead } from '@mixlab/catalog';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import type { Node, Step } from '@mixlab/dsl';
import { overlap, planExperiment } from '@mixlab/plan';
import { STANDING, entriesOf, fieldsBehind, fieldsMeant } from './fields-behind.ts';
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
    (issue) =>
      !(isFound && issue.code === ELSEWHERE) &&
      !(isPlaced && issue.code === UNSUITED && issue.path === undefined) &&
      !isToldAtItsValue(issue, planned, issues),
  );
  if (told.every(({ code }) => code === ELSEWHERE)) return [...told, ...planned];
  const isElsewhere = isFound && issues.some(({ code }) => code === ELSEWHERE);
  const wrong = wrongValues(planned, told, { isElsewhere, steps: unsound.experiment.steps });
  const isUnread = ({ at }: ConfigIssue) =>
    wrong.some((other) => other.code === 'unread-path' && at && isDeepStrictEqual(at, other.at));
  return [
    ...told
      .filter((issue) => !isUnread(issue))
      .map((issue) => tooWide(issue, told, planned, unsound.experiment.authored)),
    ...wrong,
  ];
}

/** Whether a value that stands elsewhere is refused there, which is where it can be put right. */
function isToldAtItsValue(
  told: ConfigIssue,
  planned: readonly ConfigIssue[],
  issues: readonly ConfigIssue[],
): boolean {
  // A name, a call, or what is spread.
  const standsElsewhere = told.got === undefined || /^[A-Za-z_$.]/.test(told.got);
  if (told.code !== 'wrong-type' || told.path === undefined || !standsElsewhere) return false;
  const refused = planned.filter(
    ({ code, path = '', at }) =>
      code === 'invalid-value' && (path === told.path || isInside(path, told)) && at && !isOnLineOf(at, told),
  );
  const isRefusedHere = planned.some((other) => other.at && isOnLineOf(other.at, told));
  return (
    !isRefusedHere && refused.some((other) => !issues.some((issue) => isDeepStrictEqual(issue.at, other.at)))
  );
}

function isOnLineOf({ file, line }: SourceLocation, { at }: ConfigIssue): boolean {
  return file === at?.file && line === at.line;
}

/** Says of a value that planning takes, and a name stands for, that only its type is in the way. */
function tooWide(
  issue: ConfigIssue,
  told: readonly ConfigIssue[],
  planned: readonly ConfigIssue[],
  authored: Node,
): ConfigIssue {
  const { code, path, got = '', at } = issue;
  if (code !== 'wrong-type' || path === undefined || !/^[A-Za-z_$][\w$]*(, a .*)?$/.test(got)) return issue;
  const isTaken =
    entriesOf(authored).some(([key, node]) => key === path && !isDeepStrictEqual(node.at, at)) &&
    told.filter((other) => other.path === path).length === 1 &&
    planned.every((other) => other.path !== undefined && !overlap(other.path, path));
  return isTaken
    ? { ...issue, message: `${issue.message} as its type is: write \`as const\` where it is made` }
    : issue;
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
  const isTold = ({ code, at, path = '' }: ConfigIssue): boolean =>
    told.some(
      (other) =>
        other.at?.file === at?.file &&
        other.at?.line === at?.line &&
        (other.at?.column === at?.column ||
          (!STANDING.has(code) && (other.path === path || isInside(path, other)))),
    );
  return planned.filter((issue) => {
    if (BY_ITSELF.has(issue.code)) return true;
    const isMeant = issue.code === 'invalid-value' || (isElsewhere && issue.code === 'unknown-path');
    return (isMeant || isApart(issue, meant, steps)) && issue.at && !isTold(issue);
  });
}

/** Whether a field lies in one of which types say that the whole does not fit. */
function isInside(path: string, { code, path: outer }: ConfigIssue): boolean {
  return code === 'wrong-type' && outer !== undefined && path.startsWith(`${outer}.`);
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
