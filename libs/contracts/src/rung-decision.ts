import { z } from 'zod';

/** Folder of the decisions of a halving, beside the run directories; `rung-1.json` is of the first rung. */
export const HALVING_FOLDER = '.halving';

/** What such a file holds: who competed, from the best to the worst, and who goes on. */
export const rungDecisionSchema = z.looseObject({
  schemaVersion: z.literal(1),
  /** Counts from 1. */
  rung: z.int().positive(),
  epoch: z.int().positive(),
  runs: z.array(z.looseObject({ name: z.string(), hash: z.string(), goesOn: z.boolean() })),
});

export type RungDecision = z.infer<typeof rungDecisionSchema>;
