const RUNS_SHOWN = 3;

/** Names of runs for a warning, each once. */
export function shownRuns(names: readonly string[]): string {
  const runs = [...new Set(names)];
  const more = runs.length - RUNS_SHOWN;
  return `${runs.slice(0, RUNS_SHOWN).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
