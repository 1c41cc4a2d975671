import { closest, distance } from 'fastest-levenshtein';

/** What is longer is no name, and would take long to compare. */
const MAX_NAME = 200;

/** The candidate that is close enough to be what was meant, whatever the case of its letters. */
export function nearestName(got: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || got.length > MAX_NAME) return undefined;
  const lower = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const name = got.toLowerCase();
  const best = closest(name, [...lower.keys()]);
  const edits = distance(name, best);
  if (edits > Math.max(1, Math.ceil(best.length / 3))) return undefined;
  // Of names as near as each other, that with the same letters: two were swapped.
  const swapped = edits === 2 ? [...lower.keys()].find((other) => isSwapped(name, other)) : undefined;
  return lower.get(swapped ?? best);
}

function isSwapped(name: string, other: string): boolean {
  return name.length === other.length && sorted(name) === sorted(other) && distance(name, other) === 2;
}

function sorted(name: string): string {
  return [...name].sort().join('');
}

/** `a, b, c … (28 in all)`. */
export function listNames(names: readonly string[], shown = 12): string {
  if (names.length <= shown) return names.join(', ');
  return `${names.slice(0, shown).join(', ')} … (${names.length} in all)`;
}
