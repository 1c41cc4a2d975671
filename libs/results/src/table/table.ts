import { reportSchema } from '@mixlab/contracts';
import type { JsonValue } from '@mixlab/contracts';
import { z } from 'zod';
import { trialStates } from '../run/state.ts';
import { publishedMarkNames } from './published-figures.ts';

export const TABLE_SCHEMA_VERSION = 1;

const json = z.json() as z.ZodType<JsonValue>;
const axes = z.record(z.string(), json);

const trialSchema = z.strictObject({
  trial: z.int().positive(),
  state: z.enum(trialStates),
  /** Epochs finished. */
  epoch: z.int().nonnegative(),
  /** Planned length, where it is known. */
  maxEpochs: z.int().positive().nullable(),
  /** The trial's number, in full precision; null where it has none yet. */
  value: z.number().nullable(),
  /** Below `work_dirs/<experiment>`; null where nothing has started. */
  directory: z.string().nullable(),
  /** What the training said when it failed. */
  error: z.string().nullable(),
  /** The epoch after which a halving left its run out; absent where none has. */
  leftOutAfter: z.int().positive().optional(),
});

/** One run of the plan, over its trials. */
const cellSchema = z.strictObject({
  run: z.string(),
  hash: z.string(),
  /** The method's parameters, all of them. */
  method: axes,
  report: reportSchema,
  /** Top-1 that is published of its method, backbone, epochs and alpha; null where none is, and for another metric. */
  published: z.number().nullable(),
  /** Of the method's published figures: a preprint that OpenMixup reproduced, or the method's own code. */
  publishedMark: z.enum(publishedMarkNames).nullable(),
  /** Trials that are planned. */
  planned: z.int().positive(),
  /** Trials that have a value. */
  n: z.int().nonnegative(),
  mean: z.number().nullable(),
  /** Sample standard deviation (n − 1); null for fewer than two values. */
  std: z.number().nullable(),
  trials: z.array(trialSchema),
});

/** A table as data: everything that a renderer shows, numbers in full. */
export const tableSchema = z.strictObject({
  experiment: z.string(),
  engine: z.string(),
  /** The epoch that all trials are compared at; null for trained ones at their planned length. */
  atEpoch: z.int().positive().nullable(),
  /** The axis that the rows vary. */
  rowAxis: z.string(),
  /** Axes that every run has the same value of. */
  constants: axes,
  /** `value` on the row axis, those on further axes of the rows; `parameters` where several rows share it, those that tell them apart, by path. */
  rows: z.array(z.strictObject({ label: z.string(), value: json, axes, parameters: axes })),
  columns: z.array(z.strictObject({ label: z.string(), axes })),
  /** A row of cells for each row; null where the plan has no such run. */
  cells: z.array(z.array(cellSchema.nullable())),
  /** How the published figures of its cells were made; empty where no cell has one. */
  published: z.array(z.string()),
  warnings: z.array(z.string()),
});

/** What `mixlab table --format=json` prints. */
export const tablesSchema = z.strictObject({
  schemaVersion: z.literal(TABLE_SCHEMA_VERSION),
  tables: z.array(tableSchema),
});

export type Table = z.infer<typeof tableSchema>;
export type TableCell = z.infer<typeof cellSchema>;
export type TableTrial = z.infer<typeof trialSchema>;
export type TableRow = Table['rows'][number];
export type TableColumn = Table['columns'][number];
