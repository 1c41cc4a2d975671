import { z } from 'zod';
import { evaluationMetrics } from './metrics.ts';
import type { Halving } from './rungs.ts';

/** `halving` of an experiment, as authors write it. */
export const halvingSettingsSchema = z.strictObject({
  metric: z.string().refine((metric) => evaluationMetrics.includes(metric), {
    error: 'expected top1, top5 or loss, or one of the moving average: top1_ema, top5_ema, loss_ema',
  }),
  eta: z.int().min(2),
  min: z.int().positive().optional(),
});

export type HalvingSettings = z.infer<typeof halvingSettingsSchema>;

/** The same with the rungs, as a plan freezes it. */
export const halvingSchema = z.strictObject({
  metric: z.string(),
  goal: z.enum(['max', 'min']),
  eta: z.int().min(2),
  rungs: z.array(z.int().positive()).min(2).readonly(),
}) satisfies z.ZodType<Halving>;
