import { closest, distance } from 'fastest-levenshtein';

/** What is longer is no name, and would take long to compare. */
const MAX_NAME = 200;

/** The candidate that is close enough to be what was meant, whatever the case of its letters. */
export function nearestName(got: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || got.length > MAX_NAME) return undefined;
  const lower = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const best = closest(got.toLowerCase(), [...lower.keys()]);
  return distance(got.toLowerCase(), best) <= Math.max(1, Math.ceil(best.length / 3))
    ? lower.get(best)
    : undefined;
}

/** `a, b, c … (28 in all)`. */
export function listNames(names: readonly string[], shown = 12): string {
  if (names.length <= shown) return names.join(', ');
  return `${names.slice(0, shown).join(', ')} … (${names.length} in all)`;
}
