import type { Progress } from '@mixlab/results';

interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Epochs done, and part of the one under way. */
  readonly epochs: number;
}

/** How fast one trial goes, from looks at its progress. */
export class Pace {
  #epochsBefore: number | undefined;
  /** Since the attempt under way logs steps: it takes its time to start. */
  #first: Look | undefined;
  /** When it was seen to have got further for the last time. */
  #last: Look | undefined;
  #progress: Progress | undefined;

  /** @param now milliseconds since 1970 */
  look(progress: Progress, now: number): void {
    const { epoch, step, stepsPerEpoch } = progress;
    const look = { at: now, epochs: epoch + (stepsPerEpoch ? Math.min(1, step / stepsPerEpoch) : 0) };
    this.#progress = progress;
    this.#epochsBefore ??= look.epochs;
    if (progress.secondsPerStep === null) {
      this.#first = this.#last = undefined;
      return;
    }
    this.#first ??= look;
    if (look.epochs > (this.#last?.epochs ?? -1)) this.#last = look;
  }

  /** Epochs that were done already at the first look. */
  get epochsBefore(): number {
    return this.#epochsBefore ?? 0;
  }

  /** As it went since the first step was seen, evaluations included; before that tells, from the logged steps; else null. */
  get secondsPerEpoch(): number | null {
    const [first, last] = [this.#first, this.#last];
    if (first && last && last.epochs > first.epochs)
      return (last.at - first.at) / 1000 / (last.epochs - first.epochs);
    const { secondsPerStep = null, stepsPerEpoch = null } = this.#progress ?? {};
    return secondsPerStep === null || stepsPerEpoch === null ? null : secondsPerStep * stepsPerEpoch;
  }

  /** Until it is completed, at this pace; null where that cannot be told. */
  secondsLeft(now: number): number | null {
    const [last, seconds] = [this.#last, this.secondsPerEpoch];
    const maxEpochs = this.#progress?.maxEpochs ?? null;
    if (!last || seconds === null || maxEpochs === null) return null;
    return Math.max(0, (maxEpochs - last.epochs) * seconds - (now - last.at) / 1000);
  }
}

/** What the time left of a whole plan follows from. */
export interface Remaining {
  readonly slots: number;
  /** Seconds until each running trial is completed; null where its pace is not known yet. */
  readonly running: readonly (number | null)[];
  /** Epochs of each running trial whose pace is not known, and of each that waits. */
  readonly epochs: readonly number[];
  /** Of trials so far. */
  readonly secondsPerEpoch: readonly number[];
}

/** Seconds until all slots are idle, if what is to come goes at the mean pace so far; null where there is none. */
export function secondsLeft({ slots, running, epochs, secondsPerEpoch }: Remaining): number | null {
  const known = running.filter((seconds) => seconds !== null);
  if (epochs.length > 0 && secondsPerEpoch.length === 0) return null;
  const mean = secondsPerEpoch.length > 0 ? sum(secondsPerEpoch) / secondsPerEpoch.length : 0;
  const work = sum(known) + sum(epochs) * mean;
  return Math.max(work / Math.max(1, slots), ...known, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
