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
}

/** Follows the trials that run, and those alone: what has ended is known from the script. */
export class LaunchView {
  readonly #state: LaunchState;
  readonly #folder: string;
  readonly #runs: ReadonlyMap<string, PlanRun>;
  readonly #followed = new Map<number, Followed>();
  readonly #pacesOfCompleted: number[] = [];

  /** @param folder of the experiment's run directories */
  constructor(plan: PlanFile, state: LaunchState, folder: string) {
    this.#runs = new Map(plan.runs.map((run) => [run.name, run]));
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
    for (const [slot, { state, pace }] of this.#followed) {
      if (this.#state.slots.get(slot) === state) continue;
      const epochs = this.#epochsOf(state.run) - pace.epochsBefore;
      const phase = this.#state.phaseOf(state);
      if ((phase === 'completed' || phase === 'paused') && epochs > 0)
        this.#pacesOfCompleted.push((now - state.since) / 1000 / epochs);
      this.#followed.delete(slot);
    }
    for (const [slot, state] of this.#state.slots) {
      if (this.#followed.has(slot)) continue;
      const metric = this.#runs.get(state.run)?.report.metric ?? '';
      const reader = new TrialProgress(join(this.#folder, state.directory), metric);
      this.#followed.set(slot, { state, reader, pace: new Pace() });
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

  /** What the plan has of a run's length; runs that do not say it count alike. */
  #epochsOf(run: string): number {
    const epochs = this.#runs.get(run)?.axes['maxEpochs'];
    return typeof epochs === 'number' ? Math.min(epochs, this.#state.until ?? epochs) : 1;
  }
}
