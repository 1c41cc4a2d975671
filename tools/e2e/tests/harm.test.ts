import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execaSync } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Lab } from '../src/lab.ts';
import { type Process, processesWith, signal, until } from '../src/processes.ts';
import { randomNumbers } from '../src/random.ts';
import {
  Completed,
  expectOneAtATime,
  patient,
  script,
  scriptOf,
  seed,
  state,
  stormLab,
} from '../src/storm-lab.ts';
import { Script, Storm } from '../src/storm.ts';

const TRIALS = 14;
const isSupervisor = ({ command }: Process) => command.includes('mixlab.launch');

async function expectAllCompleted(lab: Lab, completed = new Completed()): Promise<void> {
  completed.look(lab.trialFolders('storm'));
  expect(completed.count).toBe(TRIALS);
  for (const trial of lab.trialFolders('storm')) expectOneAtATime(trial);
  await until(() => processesWith(lab.home).length === 0, 'processes that end');
}

/** In how many trials a process of each process namespace had the last word. */
function hosts(lab: Lab): Map<string, number> {
  const counts = new Map<string, number>();
  for (const trial of lab.trialFolders('storm')) {
    if (state(trial) === 'planned') continue;
    const { pidNamespace } = JSON.parse(readFileSync(join(trial, 'status.json'), 'utf8'));
    counts.set(pidNamespace, (counts.get(pidNamespace) ?? 0) + 1);
  }
  return counts;
}

describe.skipIf(process.platform !== 'linux')(
  'what a plan survives (processes are looked up in /proc)',
  () => {
    const otherHost = ['--uts', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const canUnshare = execaSync('unshare', [...otherHost, 'true'], { reject: false }).exitCode === 0;

    it.skipIf(!canUnshare)(
      'two hosts share a folder; what one leaves behind when it dies, the other takes up (needs root for unshare)',
      async () => {
        const lab = await stormLab(0, '', { MIXLAB_TAKEOVER_AFTER: '2' });
        const here = scriptOf(lab);
        const there = new Script(lab, 'unshare', ...otherHost, 'bash', join(lab.home, script), ...patient);
        here.start();
        there.start();
        const completed = () =>
          lab.trialFolders('storm').filter((trial) => state(trial) === 'completed').length;
        await until(() => completed() >= 4 && hosts(lab).size === 2, 'four trials completed, and two hosts');
        signal(there.pid!, 'SIGKILL');
        expect(await here.finish(), lab.read('scripts.log')).toBe(0);
        await expectAllCompleted(lab);
        expect(lab.read('scripts.log')).toContain(', 0 failed  (');
      },
    );

    it(`two scripts on four GPUs never claim one twice, whatever is killed (seed ${seed})`, async () => {
      const lab = await stormLab(1);
      const gpus = [0, 1, 2, 3].map((index) => `${index}, GPU-${index}000`).join('\n');
      lab.write('bin/nvidia-smi', `#!/bin/sh\necho '${gpus}'\n`);
      chmodSync(join(lab.home, 'bin/nvidia-smi'), 0o755);
      mkdirSync(join(lab.home, 'marks'));
      const env = [
        `PATH=${join(lab.home, 'bin')}:${process.env['PATH']}`,
        `MIXLAB_GPU_CLAIMS=${join(lab.home, 'claims')}`,
        `LIGHT_GPU_MARKS=${join(lab.home, 'marks')}`,
      ];
      const command = ['bash', join(lab.home, script), ...patient.slice(2)];
      const scripts = [1, 2].map(() => new Script(lab, 'env', ...env, ...command));
      const storm = new Storm(lab, scripts, seed);
      await storm.rage(20, 0, 300);
      for (const each of scripts) expect(await each.finish(), lab.read('scripts.log')).toBe(0);
      expect(existsSync(join(lab.home, 'marks/claimed-twice'))).toBe(false);
      for (const index of [0, 1, 2, 3])
        expect(existsSync(join(lab.home, `marks/GPU-${index}000`))).toBe(true);
      await expectAllCompleted(lab);
    });

    it(`a storm of SIGTERM to scripts, supervisors and trainers (seed ${seed})`, async () => {
      const lab = await stormLab(0);
      const random = randomNumbers(seed);
      const completed = new Completed();
      for (let round = 0; round < 5; round++) {
        const each = scriptOf(lab);
        each.start();
        const begins = () => !each.isRunning || processesWith(lab.home).some(isSupervisor);
        await until(begins, 'a supervisor');
        await sleep(random() * 1000);
        for (let count = 0; count < 40 && each.isRunning; count++) {
          const all = processesWith(lab.home);
          const one = all[Math.floor(random() * all.length)];
          if (one) signal(one.pid, 'SIGTERM');
          await sleep(10);
        }
        signal(each.pid!, 'SIGTERM');
        const code = await each.finish();
        completed.look(lab.trialFolders('storm'));
        if (completed.count < TRIALS) expect(code, lab.read('scripts.log')).toBe(143);
      }
      expect(await scriptOf(lab).finish(), lab.read('scripts.log')).toBe(0);
      expect(lab.read('scripts.log')).not.toContain('No such file');
      await expectAllCompleted(lab, completed);
    });

    it('a full disk, for scripts, supervisors and trainers (needs root for mount)', async ({ skip }) => {
      const lab = await stormLab(0);
      const disk = join(lab.home, 'disk');
      mkdirSync(disk);
      if (
        execaSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { reject: false }).exitCode !== 0
      )
        skip('only root can mount a small disk');
      onTestFinished(() => void execaSync('umount', ['-l', disk]));
      mkdirSync(join(disk, 'tmp'));
      const command = ['bash', join(lab.home, script), '-j2', '--keep-going', '--quiet', '--work-dir', disk];
      const tried = new Script(lab, 'env', `TMPDIR=${disk}/tmp`, ...command);
      tried.start();
      const trials = () => lab.trialFolders('storm', 'disk');
      await until(() => trials().some((trial) => state(trial) === 'completed'), 'a trial that is completed');
      const ballast = join(disk, 'ballast');
      expect(() => writeFileSync(ballast, Buffer.alloc(4 << 20))).toThrow('ENOSPC');
      expect(await tried.finish()).toBe(1);
      expect(lab.read('scripts.log')).toContain('No space left on device');
      expect(lab.read('scripts.log')).toMatch(/[1-9]\d* completed, 0 skipped, [1-9]\d* failed/);
      rmSync(ballast);
      expect(await tried.finish(), lab.read('scripts.log')).toBe(0);
      expect(trials().map(state)).toEqual(Array.from({ length: TRIALS }, () => 'completed'));
      for (const trial of trials()) expectOneAtATime(trial);
    });
  },
);
