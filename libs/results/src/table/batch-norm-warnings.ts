import type { RunResult } from '../reduce/reduce-run.ts';
import { groupBy } from './group-by.ts';
import { shownRuns } from './shown-runs.ts';

/**
 * Cells of one column that were trained with statistics of batch norm over different numbers of images: what a GPU
 * takes in a pass, or all GPUs with SyncBN. A run with another number of GPUs has the same batch and learns something
 * else. Trials that have a number in the table are looked at, those of networks without batch norm have none.
 */
export function batchNormWarnings(column: {
  readonly label: string;
  readonly results: readonly RunResult[];
}): string[] {
  const trials = column.results.flatMap(({ run, trials: each }) =>
    each
      .filter(({ value, batchNormImages }) => value !== null && batchNormImages.length > 0)
      .map(({ batchNormImages }) => ({ run: run.name, images: batchNormImages.join(', then ') })),
  );
  const bySize = groupBy(trials, ({ images }) => images);
  const sizes = [...bySize].map(([images, of]) => `${images} (${shownRuns(of.map(({ run }) => run))})`);
  if (sizes.length < 2 && !sizes.some((size) => size.includes(', then '))) return [];
  const where = column.label === '' ? '' : `${column.label}: `;
  return [`${where}batch norm saw different numbers of images at once: ${sizes.join('; ')}`];
}
