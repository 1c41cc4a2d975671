import type { JsonValue } from '@mixlab/contracts';
import { publishedTables } from '@mixlab/catalog/published';

/**
 * What is published of a method of an experiment: `*` for a preprint that OpenMixup reproduced, `📖` for figures of the
 * method's official implementation; empty for neither.
 */
export function publishedMark(experiment: string, method: JsonValue): '' | '*' | '📖' {
  const rows = publishedTables
    .filter((table) => table.experiment === experiment)
    .flatMap((table) => table.rows.filter((row) => row.method === method));
  if (rows.some(({ preprint }) => preprint)) return '*';
  return rows.some(({ official }) => official) ? '📖' : '';
}
