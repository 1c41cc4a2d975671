import type { ConfigIssue, Halving, HalvingSettings, SourceLocation, SweepSchema } from '@mixlab/contracts';
import type { IssueLog } from './issue-log.ts';
import { placed } from './node-value.ts';

/** `halving` of an experiment, and where it stands. */
export interface AuthoredHalving {
  readonly settings: HalvingSettings;
  readonly at: SourceLocation | undefined;
}

/** Finds the rungs of an experiment, whose runs are looked at one by one. */
export class Rungs<C> {
  readonly #authored: AuthoredHalving | undefined;
  readonly #schema: SweepSchema<C>;
  readonly #log: IssueLog;
  #epochs: number | undefined;
  #halving: Halving | undefined;

  constructor(authored: AuthoredHalving | undefined, schema: SweepSchema<C>, log: IssueLog) {
    this.#schema = schema;
    this.#log = log;
    this.#authored = schema.epochs ? authored : undefined;
    if (authored && !schema.epochs)
      this.#refuse(
        'no-halving',
        `a training of ${schema.engine} cannot be paused after some epochs`,
        authored,
      );
  }

  /** What the plan holds; undefined where the experiment has none. */
  get halving(): Halving | undefined {
    return this.#halving;
  }

  /** What is wrong with one of the experiment's runs; fields with which something else is are absent. */
  unfit(config: Partial<C>): readonly ConfigIssue[] {
    const { settings } = this.#authored ?? {};
    const epochs = settings && this.#schema.epochs!(config);
    if (!settings || epochs === undefined) return [];
    if (this.#epochs === undefined) {
      this.#epochs = epochs;
      this.#halving = this.#begin(settings, epochs);
    } else if (epochs !== this.#epochs) {
      this.#refuse('uneven-halving', 'halving compares runs of equally many epochs', this.#authored!, {
        expected: 'one value of maxEpochs, or an experiment for each',
        got: `${this.#epochs} and ${epochs}`,
      });
    }
    return this.#halving ? (this.#schema.unfitHalving?.(config, this.#halving) ?? []) : [];
  }

  #begin(settings: HalvingSettings, epochs: number): Halving | undefined {
    const { metric, eta, min = Math.ceil(epochs / eta ** 3) } = settings;
    const rungs: number[] = [];
    for (let rung = min; rung < epochs; rung *= eta) rungs.push(rung);
    if (rungs.length > 0)
      return { metric, goal: metric.startsWith('loss') ? 'min' : 'max', eta, rungs: [...rungs, epochs] };
    this.#refuse('no-rung', `a training of ${epochs} epochs has no room for a rung`, this.#authored!, {
      path: 'halving.min',
      expected: `fewer than ${epochs}`,
      got: String(min),
    });
    return undefined;
  }

  #refuse(code: string, message: string, { at }: AuthoredHalving, more: Partial<ConfigIssue> = {}): void {
    this.#log.add({ code, message, path: 'halving', ...more, ...placed(at) });
  }
}
