import { z } from 'zod';

/** `halving` of an experiment, as authors write it. */
export const halvingSettingsSchema = z.strictObject({
  metric: z.string().regex(/^(top1|top5|loss)(_ema)?$/, {
    error: 'expected top1, top5 or loss, or one of the moving average: top1_ema, top5_ema, loss_ema',
  }),
  eta: z.int().min(2),
  min: z.int().positive().optional(),
});

export type HalvingSettings = z.infer<typeof halvingSettingsSchema>;

/** The same with the rungs, as a plan freezes it. */
export const halvingSchema = z.strictObject({
  metric: z.string(),
  /** Whether more or less of the metric is better. */
  goal: z.enum(['max', 'min']),
  /** One run in `eta` goes on from each rung, one at least. */
  eta: z.int().min(2),
  /** Epochs, ascending; the last ones are those of the whole training. */
  rungs: z.array(z.int().positive()).min(2).readonly(),
});

export type Halving = z.infer<typeof halvingSchema>;

/** How many runs of `count` train to each rung, if all of them have a result. */
export function runsAtRungs({ eta, rungs }: Halving, count: number): number[] {
  let left = count;
  return rungs.map((_, rung) => (left = rung === 0 ? count : Math.max(1, Math.floor(left / eta))));
}
