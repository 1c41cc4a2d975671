/**
 * The paper that somebody named. Nx reads an arXiv number, 2301.00010, as the number 2301.0001: it gets its digits back,
 * five after the point since 2015, four before.
 */
export function paperOf(given: string | number | undefined): string {
  if (typeof given !== 'number') return (given ?? '').trim();
  return Number.isInteger(given) ? String(given) : given.toFixed(given >= 1501 ? 5 : 4);
}
