import { z } from 'zod';

/** How the curve of one trial becomes a number; trials are then averaged. */
export const reportSchema = z.discriminatedUnion('reducer', [
  z.strictObject({ reducer: z.literal('medianOfLast'), epochs: z.int().positive(), metric: z.string() }),
  z.strictObject({ reducer: z.literal('best'), metric: z.string() }),
  z.strictObject({ reducer: z.literal('last'), metric: z.string() }),
  z.strictObject({ reducer: z.literal('ema'), decay: z.number().gt(0).lt(1), metric: z.string() }),
]);

export type Report = z.infer<typeof reportSchema>;
