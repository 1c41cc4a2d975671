import { chmodSync, existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { MIXUP, planRun, TrialsLab } from './trials-lab.ts';

const bin = resolve(import.meta.dirname, '../../cli/bin/mixlab.mjs');

/** Whether /proc may be hidden from a command by a file system that is mounted over it, for that command alone. */
const hides =
  (await execa('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/proc'], { reject: false }))
    .exitCode === 0;

/** A failed trial, and the two commands by which macOS tells of processes. */
class MacLab extends TrialsLab {
  readonly checkpoint: string;

  constructor() {
    super([planRun(MIXUP, { trials: 1 })]);
    this.status(MIXUP, 1, { state: 'failed' });
    this.checkpoint = this.write(`work_dirs/digits/${MIXUP}/trial1/checkpoints/last.pt`, 'weights');
  }

  hasCommands(): this {
    const sysctl = `[ "$*" = '-n kern.bootsessionuuid' ] && echo 4B5B6D2E-0000-4000-8000-00000000CAFE`;
    const ps = `[ "$1 $2 $3 $4 $5" = '-o stat= -o lstart= -p' ] && echo 'S    Sun Nov 29 22:04:52 2026'`;
    for (const [name, code] of Object.entries({ sysctl, ps }))
      chmodSync(this.write(`bin/${name}`, `#!/bin/sh\n${code}\n`), 0o755);
    return this;
  }

  /** Without /proc, and with none of the system's commands but the lab's. */
  clean() {
    const hidden = 'mount -t tmpfs none /proc && PATH=$1 && shift && exec "$@"';
    const path = [join(this.home, 'bin'), dirname(process.execPath)].join(delimiter);
    const command = [process.execPath, bin, 'clean', '--yes'];
    return execa('unshare', ['--mount', 'sh', '-c', hidden, '-', path, ...command], {
      cwd: this.home,
      reject: false,
      env: { TMPDIR: join(this.home, 'tmp') },
    });
  }

  /** A lock of a process of that Mac which began in this second of 1970's count. */
  lock(pidStart: number): void {
    const holder = {
      host: hostname(),
      machineId: '',
      bootId: '4B5B6D2E-0000-4000-8000-00000000CAFE',
      pidNamespace: '',
      pid: process.pid,
      pidStart,
    };
    this.write(`work_dirs/digits/${MIXUP}/trial1/lock`, JSON.stringify({ ...holder, token: 'a1' }));
  }
}

const BEGAN = Date.UTC(2026, 10, 29, 22, 4, 52) / 1000;

describe.skipIf(!hides)('mixlab clean without /proc (hidden by a mount, which needs root)', () => {
  it('removes nothing where nothing tells of processes, and says why', async () => {
    const lab = new MacLab();
    const { exitCode, stderr } = await lab.clean();
    expect([exitCode, stderr]).toEqual([
      1,
      'mixlab clean: nothing was removed: this system has neither /proc nor ps and sysctl, by which a training could ' +
        'see that a run directory is being cleaned',
    ]);
    expect(existsSync(lab.checkpoint)).toBe(true);
  });

  it('asks ps and sysctl: what a process holds is left, what one held that is gone is removed', async () => {
    const lab = new MacLab().hasCommands();
    lab.lock(BEGAN);
    const held = await lab.clean();
    expect([held.exitCode, held.stdout]).toEqual([
      0,
      expect.stringContaining(`held by process ${process.pid} on `),
    ]);
    expect(existsSync(lab.checkpoint)).toBe(true);
    // Another process has its number by now.
    lab.lock(BEGAN - 1);
    const { exitCode, stdout, stderr } = await lab.clean();
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('removed');
    expect(existsSync(lab.checkpoint)).toBe(false);
  });
});
