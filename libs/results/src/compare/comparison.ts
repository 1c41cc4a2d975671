import { z } from 'zod';

export const COMPARISON_SCHEMA_VERSION = 1;

export const verdicts = ['within', 'better', 'worse', 'missing'] as const;

const side = z.strictObject({
  mean: z.number(),
  /** Sample standard deviation; null for fewer than two trials, and where it is not published. */
  std: z.number().nullable(),
  /** Null where it is not published. */
  n: z.int().positive().nullable(),
});

const cellSchema = z.strictObject({
  run: z.string(),
  row: z.string(),
  column: z.string(),
  metric: z.string(),
  /** Null where nothing is trained or published yet. */
  ours: side.nullable(),
  other: side.nullable(),
  /** Ours less the other; null where one is missing. */
  difference: z.number().nullable(),
  /** `better` and `worse`: by more than the tolerance; `missing`: one side is. */
  verdict: z.enum(verdicts),
  /** Two-sided, of a t-test over pairs of equal seeds or of Welch's; null with fewer than three trials. */
  significance: z
    .strictObject({ test: z.enum(['paired', 'welch']), p: z.number(), n: z.tuple([z.int(), z.int()]) })
    .nullable(),
});

/** One experiment beside published figures or another plan. */
export const comparisonSchema = z.strictObject({
  experiment: z.string(),
  /** `published`, or the other plan. */
  against: z.string(),
  /** Largest difference that counts as none, in the metric's unit. */
  tolerance: z.number(),
  /** How the published figures were made; empty for another plan. */
  statistics: z.array(z.string()),
  cells: z.array(cellSchema),
  warnings: z.array(z.string()),
});

/** What `mixlab compare --json` prints. */
export const comparisonsSchema = z.strictObject({
  schemaVersion: z.literal(COMPARISON_SCHEMA_VERSION),
  comparisons: z.array(comparisonSchema),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparisonCell = z.infer<typeof cellSchema>;
export type Verdict = (typeof verdicts)[number];
