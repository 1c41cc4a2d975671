import type { Measurement } from './log-line.ts';

/** What one attempt wrote without going back. */
interface Stretch {
  readonly attempt: number;
  /** Infinity before its first line with an epoch. */
  firstEpoch: number;
  lastEpoch: number;
  readonly evaluations: Measurement[];
  /** Where the evaluations of `lastEpoch` stand, by step. */
  readonly steps: Map<number, number>;
}

/** What became of an evaluation when it was added. */
export type Added = 'new' | 'repeated' | 'contradicting';

/**
 * Which evaluations belong to the weights that a run has now.
 *
 * An attempt continues from a checkpoint, which may lie before the last line of the attempt before it; it logs
 * those epochs again. So the epochs of an older attempt count up to the first epoch of every later one, and
 * from there on they describe weights that are lost, even where the later attempt has not come that far yet:
 * with attempt 1 at epoch 90 and attempt 2 resumed at 80 and now at 83, the curve ends at 83.
 *
 * Attempts are ordered by number. Two stretches of one attempt, which a lost counter or two writers leave
 * (an `env` line again, or an epoch before the last), are ordered as they stand in the file.
 */
export class Attempts {
  readonly #stretches: Stretch[] = [];
  readonly #current = new Map<number, Stretch>();
  /** The stretch asked for last: nearly every line asks for the same one. */
  #latest: Stretch | undefined;

  /** An `env` line. */
  begin(attempt: number): void {
    const stretch: Stretch = {
      attempt,
      firstEpoch: Infinity,
      lastEpoch: 0,
      evaluations: [],
      steps: new Map(),
    };
    this.#stretches.push(stretch);
    this.#current.set(attempt, stretch);
    this.#latest = stretch;
  }

  /** Any line with an epoch; false where the attempt went back to an earlier epoch. */
  reach(attempt: number, epoch: number): boolean {
    const before = this.#stretch(attempt);
    const wentBack = epoch < before.lastEpoch;
    // A stretch without evaluations only says where it began, and one can say it for several.
    if (wentBack && before.evaluations.length > 0) this.begin(attempt);
    const stretch = this.#stretch(attempt);
    stretch.firstEpoch = Math.min(stretch.firstEpoch, epoch);
    if (stretch.lastEpoch !== epoch) stretch.steps.clear();
    stretch.lastEpoch = epoch;
    return !wentBack;
  }

  /** A `val` line; `reach` was called for it. */
  evaluate(evaluation: Measurement): Added {
    const { evaluations, steps } = this.#stretch(evaluation.attempt);
    const place = steps.get(evaluation.step);
    if (place === undefined) {
      steps.set(evaluation.step, evaluations.push(evaluation) - 1);
      return 'new';
    }
    const before = evaluations[place]!;
    evaluations[place] = evaluation;
    return JSON.stringify(before.fields) === JSON.stringify(evaluation.fields) ? 'repeated' : 'contradicting';
  }

  /** The evaluations that count, by epoch and step, and how many later attempts replaced. */
  merge(): { evaluations: Measurement[]; superseded: number } {
    // Stable: stretches of one attempt stay in file order.
    const ordered = [...this.#stretches].sort((a, b) => a.attempt - b.attempt);
    const evaluations: Measurement[] = [];
    let total = 0;
    let before = Infinity;
    for (const stretch of ordered.reverse()) {
      total += stretch.evaluations.length;
      for (const evaluation of stretch.evaluations)
        if (evaluation.epoch < before) evaluations.push(evaluation);
      before = Math.min(before, stretch.firstEpoch);
    }
    evaluations.sort((a, b) => a.epoch - b.epoch || a.step - b.step);
    return { evaluations, superseded: total - evaluations.length };
  }

  /** The newest attempt that has reached an epoch, 0 for none. */
  get newest(): number {
    const reached = this.#stretches.filter(({ lastEpoch }) => lastEpoch > 0);
    return reached.reduce((newest, { attempt }) => Math.max(newest, attempt), 0);
  }

  #stretch(attempt: number): Stretch {
    if (this.#latest?.attempt !== attempt) {
      if (!this.#current.has(attempt)) this.begin(attempt);
      this.#latest = this.#current.get(attempt);
    }
    return this.#latest!;
  }
}
