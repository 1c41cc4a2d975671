import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { PlanFile } from '@mixlab/contracts';
import { statusCommand } from '@mixlab/launcher';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';

const bin = resolve(import.meta.dirname, '../../cli/bin/mixlab.mjs');

/** A plan of one run with `trials` trials, and whatever is written into its run directories. */
class Lab {
  readonly home = mkdtempSync(join(tmpdir(), 'mixlab status '));

  constructor(trials: number) {
    onTestFinished(() => rmSync(this.home, { recursive: true, force: true }));
    const plan: PlanFile = {
      schemaVersion: 1,
      experiment: 'digits',
      engine: 'mixlab',
      source: { file: 'configs/digits.config.ts', sha256: '0'.repeat(64) },
      launch: { gpusPerRun: 0 },
      runs: [
        {
          name: 'resnet8-mixup-ep4-1a1a1a1a',
          hash: '1a'.repeat(32),
          axes: { mixMode: 'mixup', backbone: 'resnet8', maxEpochs: 4 },
          method: { name: 'mixup', alpha: 1 },
          config: 'configs/resnet8/mixup/resnet8-mixup-ep4-1a1a1a1a.json',
          trials,
          report: { reducer: 'last', metric: 'top1' },
          selected: true,
        },
      ],
    };
    this.write('generated/digits/plan.json', JSON.stringify(plan));
  }

  write(path: string, text: string): string {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Of another machine by default, whose status was written just now. */
  trial(trial: number, fields: Record<string, unknown>, log: readonly object[] = []): string {
    const folder = `work_dirs/digits/resnet8-mixup-ep4-1a1a1a1a/trial${trial}`;
    const status = {
      schemaVersion: 1,
      hash: '1a'.repeat(32),
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
    this.write(`${folder}/log.jsonl`, log.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return this.write(`${folder}/status.json`, JSON.stringify(status));
  }

  async status(typed: Record<string, unknown> = {}) {
    let stdout = '';
    let stderr = '';
    const exitCode = await statusCommand.run(statusCommand.options.parse(typed), {
      home: this.home,
      cwd: this.home,
      env: {},
      isTty: false,
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
    });
    return { exitCode, stdout, stderr };
  }
}

function val(epoch: number, top1: number): object {
  return { mode: 'val', attempt: 1, epoch, step: 9, top1 };
}

describe('mixlab status', () => {
  it('shows every trial with its state, epoch, metric, place and error', async () => {
    const lab = new Lab(5);
    lab.trial(1, { state: 'completed', epoch: 4, exitCode: 0 }, [val(3, 90), val(4, 91.5)]);
    const written = lab.trial(2, { state: 'running', epoch: 1, attempt: 2, schedulerJob: '17_3' }, [
      val(1, 42),
    ]);
    const fiveMinutesAgo = Date.now() / 1000 - 300;
    utimesSync(written, fiveMinutesAgo, fiveMinutesAgo);
    lab.trial(3, { state: 'failed', exitCode: 1, error: 'the loss is nan at epoch 1, step 3\nmore' });
    lab.trial(4, { state: 'cancelled', epoch: 2 });
    expect(await lab.status()).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "digits: 5 trials, 1 planned, 1 running, 1 cancelled, 1 failed, 1 completed

        run                         trial  state      attempt  epoch  metric      heartbeat  where                why
        resnet8-mixup-ep4-1a1a1a1a  1      completed  1        4/4    top1 91.50             node7:4711
        resnet8-mixup-ep4-1a1a1a1a  2      running    2        1/4    top1 42.00  5 min ago  node7:4711 job 17_3
        resnet8-mixup-ep4-1a1a1a1a  3      failed     1        0/4                           node7:4711           the loss is nan at epoch 1, step 3
        resnet8-mixup-ep4-1a1a1a1a  4      cancelled  1        2/4                           node7:4711
        resnet8-mixup-ep4-1a1a1a1a  5      planned             0/4
      ",
      }
    `);
  });

  it('calls a trial stale whose process is gone, or whose machine has been silent for ten minutes', async () => {
    const lab = new Lab(3);
    const mine = {
      host: hostname(),
      machineId: readFileSync('/etc/machine-id', 'utf8').trim(),
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      pidNamespace: readlinkSync('/proc/self/ns/pid'),
      pid: process.pid,
    };
    const started = Number(readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19]);
    lab.trial(1, { state: 'running', ...mine, pidStart: started });
    lab.trial(2, { state: 'running', ...mine, pidStart: started - 1 });
    const silent = lab.trial(3, { state: 'running' });
    const longAgo = Date.now() / 1000 - 11 * 60;
    utimesSync(silent, longAgo, longAgo);
    const { stdout } = await lab.status({ json: true });
    const [{ trials }] = JSON.parse(stdout).experiments;
    expect(trials.map(({ state }: { state: string }) => state)).toEqual(['running', 'stale', 'stale']);
    expect(trials[2].secondsSinceHeartbeat).toBeGreaterThanOrEqual(660);
    expect((await lab.status({ state: ['stale'] })).stdout).toContain('2 of 3 trials, 2 stale');
  });

  it('warns of a directory that cannot be used, and goes on with the others', async () => {
    const lab = new Lab(2);
    writeFileSync(lab.trial(1, { state: 'running' }), '{"state": "run');
    lab.trial(2, { state: 'completed', epoch: 4 }, [val(4, 80)]);
    const { stdout, stderr, exitCode } = await lab.status();
    expect(stdout).toMatch(/trial.*\n.* 1 +stale[^]* 2 +completed +1 +4\/4 +top1 80\.00/);
    expect(stderr).toContain(
      'digits: resnet8-mixup-ep4-1a1a1a1a, trial 1: status.json cannot be used: not JSON',
    );
    expect(exitCode).toBe(0);
  });

  it('looks again while it watches, until Ctrl-C', async () => {
    const lab = new Lab(1);
    lab.write('configs/.keep', '');
    lab.trial(1, { state: 'running', epoch: 1 }, [val(1, 50)]);
    const watching = execa(process.execPath, [bin, 'status', '--watch'], { cwd: lab.home, reject: false });
    let seen = '';
    watching.stdout.on('data', (text: Buffer) => {
      if (!seen.includes('top1 50.00') && `${seen}${text}`.includes('top1 50.00')) {
        appendFileSync(
          join(lab.home, 'work_dirs/digits/resnet8-mixup-ep4-1a1a1a1a/trial1/log.jsonl'),
          `${JSON.stringify(val(2, 60))}\n`,
        );
      }
      seen += String(text);
      if (seen.includes('top1 60.00')) watching.kill('SIGINT');
    });
    expect((await watching).signal).toBe('SIGINT');
    expect(seen).toMatch(/top1 50\.00[^]*top1 60\.00/);
  });

  it('refuses an unknown state, and an experiment without a plan', async () => {
    const lab = new Lab(1);
    lab.write('configs/.keep', '');
    const run = (...args: string[]) =>
      execa(process.execPath, [bin, 'status', ...args], { cwd: lab.home, reject: false });
    const typo = await run('--state=runing');
    expect(typo.exitCode).toBe(2);
    expect(typo.stderr).toContain('did you mean running?');
    const unknown = await run('--experiment=digit');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('Did you mean digits?');
  });
});
