import { listNames, nearestName } from '@mixlab/contracts';
import type { PlanRun } from '@mixlab/contracts';
import picomatch from 'picomatch';

export interface SelectedRuns {
  /** Whether a trial of a plan's run is among those that were named. */
  has(experiment: string, run: string, trial: number): boolean;
  /** A line for each name that no run has, or that more than one may be meant by. */
  readonly problems: readonly string[];
}

/** What of a plan runs are told by. */
export interface NamedRuns {
  readonly experiment: string;
  readonly runs: readonly NamedRun[];
}

type NamedRun = Pick<PlanRun, 'name' | 'hash' | 'trials'>;

interface Candidate {
  readonly experiment: string;
  readonly run: NamedRun;
  readonly path: string;
}

const NAMES_SHOWN = 6;

/**
 * The runs that somebody names, each by its name, a glob, the beginning of one name, or the first digits (4 or more) of
 * one hash; `NAME/trial2` is one trial. An experiment's name may stand before: `imagenet/resnet18-…`.
 */
export function selectRuns(plans: readonly NamedRuns[], names: readonly string[]): SelectedRuns {
  const all = plans.flatMap(({ experiment, runs }) =>
    runs.map((run) => ({ experiment, run, path: `${experiment}/${run.name}` })),
  );
  const chosen = new Map<string, Set<number>>();
  const problems: string[] = [];
  for (const typed of names) {
    const [, name = typed, digits] = /^(.+?)\/trial([1-9][0-9]{0,5})$/.exec(typed) ?? [];
    const found = candidates(all, name);
    const problem = problemWith(name, found, all) ?? (digits && withoutTrial(found, Number(digits)));
    if (problem) problems.push(problem);
    else for (const candidate of found) choose(chosen, candidate, digits ? Number(digits) : undefined);
  }
  return {
    has: (experiment, run, trial) => chosen.get(`${experiment}/${run}`)?.has(trial) ?? false,
    problems,
  };
}

function choose(chosen: Map<string, Set<number>>, { path, run }: Candidate, trial: number | undefined): void {
  const trials = chosen.get(path) ?? new Set();
  if (trial !== undefined) trials.add(trial);
  else for (let each = 1; each <= run.trials; each++) trials.add(each);
  chosen.set(path, trials);
}

function candidates(all: readonly Candidate[], name: string): readonly Candidate[] {
  const exact = all.filter(({ run, path }) => run.name === name || path === name);
  if (exact.length > 0) return exact;
  if (isGlob(name)) {
    const matches = picomatch(name);
    return all.filter(({ run, path }) => matches(run.name) || matches(path));
  }
  const isHash = /^[0-9a-f]{4,64}$/.test(name);
  return all.filter(
    ({ run, path }) =>
      run.name.startsWith(name) || path.startsWith(name) || (isHash && run.hash.startsWith(name)),
  );
}

function problemWith(
  name: string,
  found: readonly Candidate[],
  all: readonly Candidate[],
): string | undefined {
  const hashes = new Set(found.map(({ run }) => run.hash));
  if (hashes.size === 1 || (isGlob(name) && hashes.size > 0)) return undefined;
  if (hashes.size > 1) {
    const names = listNames([...new Set(found.map(({ run }) => run.name))], NAMES_SHOWN);
    return `${name} is the beginning of several runs: ${names}; '${name}*' takes them all`;
  }
  const names = [...new Set(all.map(({ run }) => run.name))];
  const nearest = nearestName(name, [...names, ...new Set(all.map(({ path }) => path))]);
  const hint =
    nearest === undefined ? `there are ${listNames(names, NAMES_SHOWN)}` : `did you mean ${nearest}?`;
  return `no run is called ${name}; ${names.length > 0 ? hint : 'the plan has none'}`;
}

function withoutTrial(found: readonly Candidate[], trial: number): string | undefined {
  const short = found.find(({ run }) => run.trials < trial);
  return short && `${short.run.name} has no trial ${trial}, the plan has ${short.run.trials}`;
}

function isGlob(name: string): boolean {
  return picomatch.scan(name).isGlob;
}
