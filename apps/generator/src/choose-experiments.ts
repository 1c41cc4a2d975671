import picomatch from 'picomatch';
import type { AuthoredExperiments, FailedFile, LoadedExperiment } from '@mixlab/authoring';
import { listNames, nearestName } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';

export interface ChosenExperiments {
  readonly experiments: readonly LoadedExperiment[];
  /** Files that are meant, or may be, and hold no usable experiment. */
  readonly failures: readonly FailedFile[];
  /** Files with problems that are certainly not meant. */
  readonly otherFailures: readonly FailedFile[];
  /** Patterns that match nothing. */
  readonly issues: readonly ConfigIssue[];
}

/** The experiments that `--experiment` asks for by name or glob; all of them where it is not given. */
export function chooseExperiments(
  { experiments, failures }: AuthoredExperiments,
  patterns: readonly string[] | undefined,
): ChosenExperiments {
  if (patterns === undefined || patterns.length === 0) {
    return { experiments, failures, otherFailures: [], issues: [] };
  }
  const matchers = patterns.map((pattern) => ({ pattern, matches: nameMatcher(pattern) }));
  const isMeant = (name: string) => matchers.some(({ matches }) => matches(name));
  const names = [
    ...experiments.map(({ experiment }) => experiment.name),
    ...failures.map(({ name }) => name ?? ''),
  ];
  const unmatched = matchers.filter(({ matches }) => !names.some(matches)).map(({ pattern }) => pattern);
  const nameless = failures.filter(({ name }) => name === undefined);

  // A file whose name cannot be read may be the one that a pattern looks for.
  const mayBeMeant = unmatched.length > 0 ? nameless : [];
  const meant = [...failures.filter(({ name }) => name !== undefined && isMeant(name)), ...mayBeMeant];
  return {
    experiments: experiments.filter(({ experiment }) => isMeant(experiment.name)),
    failures: meant,
    otherFailures: failures.filter((failure) => !meant.includes(failure)),
    issues: unmatched.map((pattern) => unknownExperiment(pattern, names.filter(Boolean), mayBeMeant)),
  };
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const glob = picomatch(pattern, { dot: true });
  return (name) => name === pattern || glob(name);
}

function unknownExperiment(
  pattern: string,
  names: readonly string[],
  unread: readonly FailedFile[],
): ConfigIssue {
  const issue = { code: 'unknown-experiment', path: '--experiment', got: JSON.stringify(pattern) };
  if (unread.length > 0) {
    const files = listNames(unread.map(({ file }) => file));
    return { ...issue, message: `no experiment of this name, unless it is in what cannot be read: ${files}` };
  }
  const expected =
    names.length > 0 ? `a name or glob that matches one of ${[...names].sort().join(', ')}` : undefined;
  const globs = names.filter((name) => name.includes('/')).map((name) => name.replace(/[^/]+$/, '*'));
  const inside = globs.find((glob) => glob === `${pattern}/*`);
  const nearest = inside ?? nearestName(pattern, [...names, ...globs]);
  return {
    ...issue,
    message: 'no experiment of this name',
    ...(expected ? { expected } : {}),
    ...(nearest ? { nearest } : {}),
  };
}
