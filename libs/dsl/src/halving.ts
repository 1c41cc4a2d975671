import type { EvaluationMetric } from './report.ts';

/**
 * Which runs are trained to the end. The same as `HalvingSettings` of `@mixlab/contracts`, spelt out so that checking an
 * experiment does not load zod.
 */
export interface Halving {
  /** What a rung judges by: an evaluation's `top1`, `top5` or `loss`, with `_ema` that of the moving average. */
  readonly metric: EvaluationMetric;
  /** One run in so many goes on from each rung, one at least: a whole number from 2. */
  readonly eta: number;
  /** Epochs of the first rung; each further one has `eta` times as many. Default: `maxEpochs / eta³`, rounded up. */
  readonly min?: number;
}

/**
 * Successive halving: all runs of the experiment are trained for a few epochs, the best of them, one in `eta`, go on for
 * `eta` times as many, and so on to `maxEpochs`. Schedules stay those of the whole training, and who goes on does so from
 * its checkpoint.
 */
export function halving(settings: Halving): Halving {
  return settings;
}
