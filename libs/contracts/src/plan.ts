import { z } from 'zod';
import { halvingSchema } from './halving.ts';
import type { JsonValue } from './json.ts';
import { launchSchema } from './launch.ts';
import { reportSchema } from './report.ts';

export const PLAN_SCHEMA_VERSION = 2;

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
  /** Whose run configs these are (`mixlab`, or what a user's engine calls itself), and of which version of their format. */
  runConfig: z.strictObject({ schema: z.string(), version: z.int().positive() }),
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

/** A plan of version 1, which did not say of which version its run configs are, as one of today's; anything else as it is. */
export function upgradePlanFile(content: JsonValue): JsonValue {
  if (typeof content !== 'object' || content === null || !('schemaVersion' in content)) return content;
  const { engine, schemaVersion } = content;
  if (schemaVersion !== 1 || typeof engine !== 'string') return content;
  const schema = engine === 'openmixup' ? 'mixlab' : engine;
  return { ...content, schemaVersion: PLAN_SCHEMA_VERSION, runConfig: { schema, version: 1 } };
}

/** Why a plan cannot be read, where that is because a later Mixlab wrote it. */
export function newerPlan(content: JsonValue): string | undefined {
  if (typeof content !== 'object' || content === null || !('schemaVersion' in content)) return undefined;
  const { schemaVersion } = content;
  return typeof schemaVersion === 'number' && schemaVersion > PLAN_SCHEMA_VERSION
    ? `was written by a newer version of Mixlab (schema version ${schemaVersion}, here ${PLAN_SCHEMA_VERSION})`
    : undefined;
}

export type PlanRun = z.infer<typeof planRunSchema>;
export type PlanFile = z.infer<typeof planSchema>;
