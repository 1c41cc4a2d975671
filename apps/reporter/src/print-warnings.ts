import type { CommandIo } from '@mixlab/contracts';

const WARNINGS_SHOWN = 20;

/** Writes warnings to stderr; where there are many the first of them, and `more`, where all of them are. */
export function printWarnings(warnings: readonly string[], io: CommandIo, more: string): void {
  for (const warning of warnings.slice(0, WARNINGS_SHOWN)) io.stderr(`warning: ${warning}\n`);
  const left = warnings.length - WARNINGS_SHOWN;
  if (left > 0) io.stderr(`warning: and ${left} more; ${more}\n`);
}
