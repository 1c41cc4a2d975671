import { join } from 'node:path';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { TrialProgress } from '@mixlab/results';
import type { Progress } from '@mixlab/results';
import type { LaunchState, SlotState } from './launch-state.ts';
import { Pace, secondsLeft } from './pace.ts';

/** One slot as it is shown. */
export interface SlotView extends SlotState {
  readonly slot: number;
  readonly progress: Progress;
  readonly metric: string;
  readonly secondsPerEpoch: number | null;
  readonly secondsLeft: number | null;
}

interface Followed {
  readonly state: SlotState;
  readonly reader: TrialProgress;
  readonly pace: Pace;
  /** The epoch that it trains to. */
  readonly until: number;
}

/** Follows the trials that run, and those alone: what has ended is known from the script. */
export class LaunchView {
  readonly #state: LaunchState;
  readonly #folder: string;
  readonly #runs: ReadonlyMap<string, PlanRun>;
  readonly #rungs: readonly number[];
  readonly #followed = new Map<number, Followed>();
  readonly #pacesOfCompleted: number[] = [];

  /** @param folder of the experiment's run directories */
  constructor(plan: PlanFile, state: LaunchState, folder: string) {
    this.#runs = new Map(plan.runs.map((run) => [run.name, run]));
    this.#rungs = plan.halving?.rungs ?? [];
    this.#state = state;
    this.#folder = folder;
  }

  /** @param now milliseconds since 1970 */
  look(now: number): { readonly slots: readonly SlotView[]; readonly secondsLeft: number | null } {
    this.#follow(now);
    const slots = [...this.#followed].map(([slot, { state, reader, pace }]): SlotView => {
      const progress = this.#untilRung(reader.read());
      pace.look(progress, now);
      const { secondsPerEpoch } = pace;
      const metric = this.#runs.get(state.run)?.report.metric ?? '';
      return { ...state, slot, progress, metric, secondsPerEpoch, secondsLeft: pace.secondsLeft(now) };
    });
    const unknown = slots.filter((slot) => slot.secondsLeft === null).map(({ run }) => this.#epochsOf(run));
    const left = secondsLeft({
      slots: this.#state.slotCount,
      running: slots.map((slot) => slot.secondsLeft),
      epochs: [...unknown, ...this.#state.waiting().map((run) => this.#epochsOf(run))],
      secondsPerEpoch: [
        ...this.#pacesOfCompleted,
        ...slots.flatMap(({ secondsPerEpoch }) => secondsPerEpoch ?? []),
      ],
    });
    return { slots: slots.sort((a, b) => a.slot - b.slot), secondsLeft: left };
  }

  /** Takes up what has started and lets go of what has ended. */
  #follow(now: number): void {
    for (const [slot, { state, pace, until }] of this.#followed) {
      if (this.#state.slots.get(slot) === state) continue;
      const epochs = until - pace.epochsBefore;
      const phase = this.#state.phaseOf(state);
      if ((phase === 'completed' || phase === 'paused') && epochs > 0)
        this.#pacesOfCompleted.push((now - state.since) / 1000 / epochs);
      this.#followed.delete(slot);
    }
    for (const [slot, state] of this.#state.slots) {
      if (this.#followed.has(slot)) continue;
      const metric = this.#runs.get(state.run)?.report.metric ?? '';
      const reader = new TrialProgress(join(this.#folder, state.directory), metric);
      this.#followed.set(slot, { state, reader, pace: new Pace(), until: this.#endOf(state.run) });
    }
  }

  /** What is trained now ends with the rung, if not before. */
  #untilRung(progress: Progress): Progress {
    const { until } = this.#state;
    const { maxEpochs } = progress;
    return until === undefined || maxEpochs === null
      ? progress
      : { ...progress, maxEpochs: Math.min(until, maxEpochs) };
  }

  /** The epoch that a run trains to: its last one, or that of the rung. Runs that do not say how long they are count alike. */
  #endOf(run: string): number {
    const epochs = this.#runs.get(run)?.axes['maxEpochs'];
    return typeof epochs === 'number' ? Math.min(epochs, this.#state.until ?? epochs) : 1;
  }

  /** Epochs of a trial that waits: in a rung those since the one before it. */
  #epochsOf(run: string): number {
    const { until } = this.#state;
    const before = until === undefined ? undefined : this.#rungs[this.#rungs.indexOf(until) - 1];
    return this.#endOf(run) - (before ?? 0);
  }
}
