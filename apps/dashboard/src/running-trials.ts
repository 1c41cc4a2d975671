import { join } from 'node:path';
import { Pace } from '@mixlab/launcher/pace';
import { readTrials, TrialProgress } from '@mixlab/results';
import type { ObservedExperiment } from './observed-experiment.ts';
import { viewOf } from './observed-experiment.ts';
import type { Observatory } from './observatory.ts';
import type { SlotView } from './view.ts';

interface Followed {
  readonly progress: TrialProgress;
  readonly pace: Pace;
}

/** Knows of the trials that train how far they are and how long they will take, from look to look. */
export class RunningTrials {
  readonly #observatory: Observatory;
  #followed = new Map<string, Followed>();

  constructor(observatory: Observatory) {
    this.#observatory = observatory;
  }

  look(): SlotView[] {
    const before = this.#followed;
    this.#followed = new Map();
    return this.#observatory.readable.flatMap((experiment) => this.#lookAt(experiment, before));
  }

  #lookAt(experiment: ObservedExperiment, before: ReadonlyMap<string, Followed>): SlotView[] {
    const { plan, folder, directories } = experiment;
    const now = Date.now();
    return experiment.trials.flatMap((trial): SlotView[] => {
      const run = experiment.run(trial.run);
      if (trial.state !== 'running' || trial.directory === null || !run) return [];
      const directory = join(folder, trial.directory);
      const followed = before.get(directory) ?? {
        progress: new TrialProgress(directory, trial.metric),
        pace: new Pace(),
      };
      this.#followed.set(directory, followed);
      const progress = followed.progress.read();
      followed.pace.look(progress, now);
      const { curve } = readTrials(run, folder, directories, now).trials[trial.trial - 1]!;
      return [
        {
          ...progress,
          experiment: plan.experiment,
          run: trial.run,
          trial: trial.trial,
          metric: trial.metric,
          secondsLeft: followed.pace.secondsLeft(now),
          place: viewOf(trial).place,
          points: curve.epochs.map((x, index) => ({ x, y: curve.values[index]!, std: null, n: 1 })),
        },
      ];
    });
  }
}
