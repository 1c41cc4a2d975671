import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@mixlab/files';
import { z } from 'zod';
import { readJson } from '../run/read-json.ts';
import type { MeasuredWork } from './estimate.ts';
import { workOf } from './work.ts';

const probeSchema = z.strictObject({
  /** Name of the GPU, or `cpu`. */
  device: z.string(),
  /** Processes, a GPU each. */
  ranks: z.int().positive(),
  /** The whole run config that was tried. */
  config: z.record(z.string(), z.json()),
  secondsPerStep: z.number().positive(),
  stepsPerEpoch: z.int().positive(),
  secondsPerEvaluation: z.number().nonnegative().nullable(),
  /** What rank 0 took at most: of a GPU's memory, or of the machine's. */
  memoryBytes: z.int().positive().nullable(),
  /** Milliseconds since 1970. */
  at: z.number(),
});

/** `.probe.json` in an experiment's folder of run directories. */
const probesSchema = z.strictObject({ schemaVersion: z.literal(1), probes: z.array(probeSchema) });

export type Probe = z.infer<typeof probeSchema>;

/** Path of the file, below `work_dirs/<experiment>`. */
const PROBE_FILE = '.probe.json';

/** What was probed of an experiment; nothing, and a line that says why, where the file cannot be used. */
export function readProbes(folder: string): {
  readonly probes: readonly Probe[];
  readonly problem?: string | undefined;
} {
  const path = join(folder, PROBE_FILE);
  const file = readJson(path);
  if (file.kind === 'absent') return { probes: [] };
  const parsed = probesSchema.safeParse(file.kind === 'value' ? file.value : undefined);
  if (parsed.success) return parsed.data;
  const why = file.kind === 'value' ? z.prettifyError(parsed.error).split('\n')[0] : file.why;
  return { probes: [], problem: `${path} cannot be used and is left out: ${why}` };
}

/** Probes as what they tell of the time of work. */
export function measuredByProbes(probes: readonly Probe[]): MeasuredWork[] {
  return probes.flatMap((probe) => {
    const work = workOf(probe.config);
    return work ? [{ ...probe, work }] : [];
  });
}

/** Adds a probe; one of the same work on the same device with as many processes goes. */
export function withProbe(probes: readonly Probe[], added: Probe): Probe[] {
  const key = workOf(added.config)?.key;
  const isReplaced = ({ device, ranks, config }: Probe) =>
    device === added.device && ranks === added.ranks && workOf(config)?.key === key;
  return [...probes.filter((each) => !isReplaced(each)), added];
}

/** Replaces `.probe.json` in `folder` as a whole. Throws what the file system throws. */
export function writeProbes(folder: string, probes: readonly Probe[]): void {
  makeFolder(folder);
  const temporary = join(folder, `${PROBE_FILE}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    writeFileSync(temporary, `${JSON.stringify({ schemaVersion: 1, probes })}\n`, { flag: 'wx' });
    renameSync(temporary, join(folder, PROBE_FILE));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
