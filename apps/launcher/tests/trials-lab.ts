import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command, PlanFile, PlanRun } from '@mixlab/contracts';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';

const bin = resolve(import.meta.dirname, '../../cli/bin/mixlab.mjs');

export const MIXUP = 'resnet8-mixup-ep4-1a1a1a1a';
export const CUTMIX = 'resnet8-cutmix-ep4-2b2b2b2b';

/** A workspace with a plan, `digits`, by default of two runs with two trials each, and whatever is put into their directories. */
export class TrialsLab {
  readonly home = mkdtempSync(join(tmpdir(), 'mixlab trials '));

  /** What commands find in their environment beside TMPDIR. */
  env: Readonly<Record<string, string>> = {};

  constructor(runs: PlanRun[] = [planRun(MIXUP), planRun(CUTMIX)], gpusPerRun = 0) {
    onTestFinished(() => {
      chmodSync(this.home, 0o755);
      rmSync(this.home, { recursive: true, force: true });
    });
    const plan: PlanFile = {
      schemaVersion: 2,
      runConfig: { schema: 'mixlab', version: 2 },
      experiment: 'digits',
      engine: 'mixlab',
      source: { file: 'configs/digits.config.ts', sha256: '0'.repeat(64) },
      launch: { gpusPerRun },
      runs,
    };
    this.write('configs/.keep', '');
    mkdirSync(join(this.home, 'tmp'));
    this.write('generated/digits/plan.json', JSON.stringify(plan));
  }

  write(path: string, text: string): string {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), 'utf8');
  }

  directory(run: string, trial: number): string {
    return join(this.home, 'work_dirs/digits', run, `trial${trial}`);
  }

  /** What a trial's status.json says: by default of another machine, which wrote it just now. Returns the file. */
  status(run: string, trial: number, fields: Record<string, unknown>): string {
    const status = {
      schemaVersion: 1,
      hash: hashOf(run),
      attempt: 1,
      epoch: 0,
      maxEpochs: 4,
      heartbeat: 7,
      host: 'node7',
      machineId: 'another',
      bootId: '0',
      pid: 4711,
      pidStart: 1,
      schedulerJob: null,
      exitCode: null,
      error: null,
      ...fields,
    };
    const file = join(this.directory(run, trial), 'status.json');
    mkdirSync(dirname(file), { recursive: true });
    // Whole at any moment, as the training library writes it.
    writeFileSync(`${file}.tmp`, JSON.stringify(status));
    renameSync(`${file}.tmp`, file);
    return file;
  }

  /** The lines of a trial's log.jsonl. Returns the file. */
  curve(run: string, trial: number, lines: readonly object[]): string {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return this.write(`work_dirs/digits/${run}/trial${trial}/log.jsonl`, text);
  }

  log(run: string, trial: number, attempt: number, text: string): string {
    return this.write(`work_dirs/digits/${run}/trial${trial}/attempts/${attempt}.log`, text);
  }

  /** The command in this process, with its options as they are parsed. */
  async run<S extends z.ZodObject>(command: Command<S>, typed: Record<string, unknown>) {
    let stdout = '';
    let stderr = '';
    const exitCode = await command.run(command.options.parse(typed), {
      home: this.home,
      cwd: this.home,
      env: { TMPDIR: join(this.home, 'tmp'), ...this.env },
      isTty: false,
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
    });
    return { exitCode, stdout, stderr };
  }

  /** The command as it is typed. */
  mixlab(...args: string[]) {
    return execa(process.execPath, [bin, ...args], { cwd: this.home, reject: false, all: true });
  }
}

export function hashOf(run: string): string {
  return run.slice(-8).padStart(8, '0').repeat(8);
}

/** The fields that name a process of this machine. */
export function processFields(pid = process.pid): Record<string, unknown> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return {
    host: hostname(),
    machineId: readFileSync('/etc/machine-id', 'utf8').trim(),
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
    pid,
    pidStart: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]),
  };
}

export function planRun(name: string, changes: Partial<PlanRun> = {}): PlanRun {
  const method = name.split('-')[1] ?? 'mixup';
  return {
    name,
    hash: hashOf(name),
    axes: { mixMode: method, backbone: 'resnet8', maxEpochs: 4 },
    method: { alpha: 1 },
    config: `configs/resnet8/${method}/${name}.json`,
    trials: 2,
    report: { reducer: 'last', metric: 'top1' },
    selected: true,
    ...changes,
  };
}
