import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { rmSync } from 'node:fs';
import type { JsonObject, PlanFile, PlanRun, Report } from '@mixlab/contracts';

/** A folder that goes with its test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab results '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The fields that name a process of this machine, as the training library writes them. */
export function processFields(pid: number): JsonObject {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return {
    host: hostname(),
    machineId: fileOr('/etc/machine-id', ''),
    bootId: fileOr('/proc/sys/kernel/random/boot_id', ''),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
    pid,
    pidStart: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]),
  };
}

function fileOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return otherwise;
  }
}

/** The text of a `status.json`. */
export function statusText(hash: string, changes: JsonObject = {}): string {
  const status = {
    schemaVersion: 1,
    state: 'completed',
    hash,
    attempt: 1,
    epoch: 10,
    maxEpochs: 10,
    heartbeat: 42,
    host: 'elsewhere',
    machineId: 'f00d',
    bootId: '8d1f0b8e-0000-4000-8000-000000000000',
    pidNamespace: 'pid:[1]',
    pid: 4711,
    pidStart: 815,
    schedulerJob: null,
    exitCode: null,
    error: null,
    ...changes,
  };
  return `${JSON.stringify(status, null, 2)}\n`;
}

/** Lines of one attempt as the trainer writes them: two training lines and an evaluation each epoch. */
export function attemptLines(attempt: number, top1ByEpoch: Readonly<Record<number, number>>): string {
  const lines = [`{"mode": "env", "attempt": ${attempt}, "torch": "2.13.0"}`];
  for (const [epoch, top1] of Object.entries(top1ByEpoch)) {
    for (const step of [5, 10])
      lines.push(
        `{"mode": "train", "epoch": ${epoch}, "step": ${step}, "attempt": ${attempt}, "loss": 2.1, "lr": 0.1}`,
      );
    lines.push(
      `{"mode": "val", "epoch": ${epoch}, "step": 12, "attempt": ${attempt}, "top1": ${top1}, "top5": 99.5, "loss": 0.5}`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

export interface TrialFiles {
  readonly status?: string | undefined;
  readonly log?: string | Buffer | undefined;
  /** When `status.json` was last written. */
  readonly writtenAt?: Date;
}

/** Writes `<folder>/<run>/trial<k>` and returns it. */
export function writeTrial(folder: string, run: string, trial: number, files: TrialFiles): string {
  const directory = join(folder, run, `trial${trial}`);
  mkdirSync(directory, { recursive: true });
  if (files.log !== undefined) writeFileSync(join(directory, 'log.jsonl'), files.log);
  if (files.status !== undefined) writeFileSync(join(directory, 'status.json'), files.status);
  if (files.writtenAt) utimesSync(join(directory, 'status.json'), files.writtenAt, files.writtenAt);
  return directory;
}

/** Hash of 64 digits that begins with the given ones. */
export function hashOf(digits: string): string {
  return digits.padEnd(64, '0');
}

export function planRun(name: string, hash: string, changes: Partial<PlanRun> = {}): PlanRun {
  const report: Report = { reducer: 'medianOfLast', epochs: 3, metric: 'top1' };
  return {
    name,
    hash,
    axes: { mixMode: 'mixup', backbone: 'resnet18', maxEpochs: 10 },
    method: { alpha: 0.2 },
    config: `configs/resnet18/mixup/${name}.json`,
    trials: 2,
    report,
    selected: true,
    ...changes,
  };
}

export function planOf(runs: readonly PlanRun[], experiment = 'imagenet/pytorch-style'): PlanFile {
  return {
    schemaVersion: 2,
    runConfig: { schema: 'mixlab', version: 2 },
    experiment,
    engine: 'mixlab',
    source: { file: `configs/${experiment}.config.ts`, sha256: hashOf('5') },
    launch: { gpusPerRun: 1 },
    runs: [...runs],
  };
}
