import { publishedTables } from '@mixlab/catalog/published';
import type { PublishedRow } from '@mixlab/catalog/published';
import type { JsonValue, PlanRun } from '@mixlab/contracts';

/** What a method is marked with: `*` for a preprint that OpenMixup reproduced, `📖` for figures of its own code. */
export const publishedMarkNames = ['*', '📖'] as const;
export type PublishedMark = (typeof publishedMarkNames)[number];

/** Of averaged weights, too, which OpenMixup evaluates where it averages them. */
const TOP1 = /^top1(_ema)?$/;

export interface PublishedFigure {
  readonly value: number;
  /** How it was made. */
  readonly statistic: string;
}

/** What is published of an experiment's runs: top-1 accuracies. */
export class PublishedFigures {
  readonly #tables: typeof publishedTables;

  constructor(experiment: string) {
    this.#tables = publishedTables.filter((table) => table.experiment === experiment);
  }

  /** The figure of a run's method, backbone, epochs and alpha; null where there is none, or of another metric. */
  of({ axes, method, report }: PlanRun): PublishedFigure | null {
    if (!TOP1.test(report.metric)) return null;
    for (const { columns, rows, statistic } of this.#tables) {
      const column = columns.findIndex(
        (each) =>
          each.quantity === undefined &&
          each.backbone === axes['backbone'] &&
          each.maxEpochs === axes['maxEpochs'],
      );
      const row = rows.find(
        (each) => each.method === axes['mixMode'] && hasAlpha(each, axes['backbone'], method),
      );
      const value = row?.values[column];
      if (typeof value === 'number') return { value, statistic };
    }
    return null;
  }

  markOf(method: JsonValue | undefined): PublishedMark | null {
    const rows = this.#tables.flatMap((table) => table.rows.filter((row) => row.method === method));
    if (rows.some(({ preprint }) => preprint)) return '*';
    return rows.some(({ official }) => official) ? '📖' : null;
  }
}

/** Whether a row was published with a method's own alpha; of rows with several the name tells enough. */
function hasAlpha(row: PublishedRow, backbone: JsonValue | undefined, method: PlanRun['method']): boolean {
  const alphas = row.alphaFor?.[String(backbone)] ?? row.alpha;
  return alphas.length !== 1 || typeof method['alpha'] !== 'number' || method['alpha'] === alphas[0];
}
