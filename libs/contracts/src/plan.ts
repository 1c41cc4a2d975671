import { z } from 'zod';
import { halvingSchema } from './halving.ts';
import type { JsonValue } from './json.ts';
import { launchSchema } from './launch.ts';
import { reportSchema } from './report.ts';

export const PLAN_SCHEMA_VERSION = 1;

// `z.json()` would take most of the time that reading a plan of many runs takes.
const json = z.custom<JsonValue>(isJson);

function isJson(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isJson);
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** One point of the expanded grid. */
export const planRunSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]{1,100}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Value of every axis by path; a method stands as its name, its parameters under `method`. */
  axes: z.record(z.string(), json),
  method: z.record(z.string(), json),
  /** Path of the run config, relative to the plan's folder. */
  config: z.string(),
  trials: z.int().positive(),
  report: reportSchema,
  /** Whether the last generation wrote it and its scripts list it. */
  selected: z.boolean(),
});

/** The frozen expansion of an experiment: `generated/<experiment>/plan.json`. */
export const planSchema = z.strictObject({
  schemaVersion: z.literal(PLAN_SCHEMA_VERSION),
  experiment: z.string(),
  engine: z.string(),
  /** The authored file, and what it takes from the workspace, each with the SHA-256 of its content. */
  source: z.strictObject({
    file: z.string(),
    sha256: z.string(),
    /** Files that it imports, and catalogs, by path; plans of before have none. */
    imports: z.record(z.string(), z.string()).optional(),
  }),
  launch: launchSchema,
  /** Where only the best runs are trained to the end. */
  halving: halvingSchema.optional(),
  runs: z.array(planRunSchema),
});

export type PlanRun = z.infer<typeof planRunSchema>;
export type PlanFile = z.infer<typeof planSchema>;
