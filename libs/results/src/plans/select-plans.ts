import { nearestName } from '@mixlab/contracts';
import picomatch from 'picomatch';
import { findPlans } from './find-plans.ts';

export interface SelectedPlans {
  readonly experiments: readonly string[];
  /** One line for each pattern that matches nothing. */
  readonly problems: readonly string[];
}

const NAMES_SHOWN = 20;

/** The experiments that names and globs select among the plans under `out`; `shownOut` is how messages call it. */
export function selectPlans(
  out: string,
  patterns: readonly string[] | undefined,
  shownOut: string,
): SelectedPlans {
  const there = findPlans(out);
  if (there.length === 0) {
    const made = patterns?.length === 1 && !isGlob(patterns[0]!) ? ` --experiment=${patterns[0]}` : '';
    return { experiments: [], problems: [`no plan in ${shownOut}; \`npx mixlab configs${made}\` makes one`] };
  }
  if (patterns === undefined) return { experiments: there, problems: [] };
  const matches = patterns.map((pattern) => ({ pattern, found: there.filter(matcher(pattern)) }));
  const chosen = new Set(matches.flatMap(({ found }) => found));
  return {
    experiments: there.filter((name) => chosen.has(name)),
    problems: matches
      .filter(({ found }) => found.length === 0)
      .map(({ pattern }) => problem(pattern, there, shownOut)),
  };
}

function matcher(pattern: string): (name: string) => boolean {
  const matchesGlob = isGlob(pattern) ? picomatch(pattern) : () => false;
  return (name) => name === pattern || matchesGlob(name);
}

function isGlob(pattern: string): boolean {
  return picomatch.scan(pattern).isGlob;
}

function problem(pattern: string, there: readonly string[], shownOut: string): string {
  const names = there.slice(0, NAMES_SHOWN).join(', ');
  const more = there.length > NAMES_SHOWN ? ` and ${there.length - NAMES_SHOWN} more` : '';
  const lead = isGlob(pattern)
    ? `no plan in ${shownOut} matches ${pattern}`
    : `no plan for ${pattern} in ${shownOut}; \`npx mixlab configs --experiment=${pattern}\` makes it`;
  const nearest = nearestName(pattern, there);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return `${lead}. Plans there: ${names}${more}.${hint}`;
}
