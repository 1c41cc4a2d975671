import type { ConfigIssue, SweepSchema } from '@mixlab/contracts';
import { count } from '@mixlab/contracts';
import type { AuthoredReport } from './head.ts';
import { placed } from './node-value.ts';

/** Watches the runs of an experiment, to find those that are shorter than what their report looks back on. */
export class ShortTrainings<C> {
  readonly #schema: Pick<SweepSchema<C>, 'epochs'>;
  readonly #shortest = new Map<AuthoredReport, number>();

  constructor(schema: Pick<SweepSchema<C>, 'epochs'>) {
    this.#schema = schema;
  }

  /** Takes note of a run with which nothing is wrong. */
  see(config: C, report: AuthoredReport): void {
    // A test has one number, whatever the reducer.
    if (report.rule.reducer !== 'medianOfLast' || report.rule.metric.startsWith('test.')) return;
    const epochs = this.#schema.epochs?.(config) ?? Infinity;
    if (epochs < Math.min(report.rule.epochs, this.#shortest.get(report) ?? Infinity))
      this.#shortest.set(report, epochs);
  }

  /** Each report that some run is too short for; the default, which nobody wrote, goes without saying. */
  notes(): ConfigIssue[] {
    return [...this.#shortest].flatMap(([{ rule, at }, epochs]) =>
      at && rule.reducer === 'medianOfLast'
        ? {
            code: 'short-training',
            message: `a training of ${count(epochs, 'epoch')} is shorter: its median is over all of them`,
            path: 'report.epochs',
            got: String(rule.epochs),
            ...placed(at),
          }
        : [],
    );
  }
}
