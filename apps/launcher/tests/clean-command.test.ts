import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { cleanCommand } from '@mixlab/launcher';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { PlanFile } from '@mixlab/contracts';
import { CUTMIX, hashOf, MIXUP, planRun, processFields, TrialsLab } from './trials-lab.ts';

const STRANGER = 'resnet8-fmix-ep4-3c3c3c3c';

async function deadProcess(): Promise<Record<string, unknown>> {
  const child = execa('sleep', ['600'], { reject: false });
  const fields = processFields(child.pid);
  child.kill('SIGKILL');
  await child;
  return fields;
}

/** Trials that failed, are completed, are interrupted, and a directory of no run in the plan. */
class CleanLab extends TrialsLab {
  constructor() {
    super();
    this.trial(MIXUP, 1, { state: 'failed' }, ['last.pt', 'last.prev.pt', 'best.pt']);
    this.trial(MIXUP, 2, { state: 'completed', epoch: 4 }, ['last.pt', 'last.prev.pt', 'best.pt']);
    this.trial(CUTMIX, 1, { state: 'interrupted' }, ['last.pt', 'last.prev.pt']);
    this.trial(STRANGER, 1, { state: 'interrupted' }, ['last.pt']);
  }

  trial(run: string, trial: number, fields: Record<string, unknown>, checkpoints: readonly string[]): void {
    this.status(run, trial, fields);
    for (const name of checkpoints)
      this.write(`work_dirs/digits/${run}/trial${trial}/checkpoints/${name}`, 'weights');
  }

  clean(typed: Record<string, unknown> = {}) {
    return this.run(cleanCommand, typed);
  }

  /** Paths below the run directories, without status.json. */
  files(): string[] {
    const folder = join(this.home, 'work_dirs/digits');
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name !== 'status.json')
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  }
}

const COMPLETED = ['best.pt', 'last.prev.pt', 'last.pt'].map((name) => `${MIXUP}/trial2/checkpoints/${name}`);
const INTERRUPTED = ['last.prev.pt', 'last.pt'].map((name) => `${CUTMIX}/trial1/checkpoints/${name}`);

describe('mixlab clean', () => {
  it('lists, and removes nothing', async () => {
    const lab = new CleanLab();
    const before = lab.files();
    const { exitCode, stdout, stderr } = await lab.clean();
    expect(stdout).toMatchInlineSnapshot(`
      "       7 B  work_dirs/digits/resnet8-mixup-ep4-1a1a1a1a/trial1/checkpoints/best.pt  failed
             7 B  work_dirs/digits/resnet8-mixup-ep4-1a1a1a1a/trial1/checkpoints/last.prev.pt  failed
             7 B  work_dirs/digits/resnet8-mixup-ep4-1a1a1a1a/trial1/checkpoints/last.pt  failed
           295 B  work_dirs/digits/resnet8-fmix-ep4-3c3c3c3c/trial1  interrupted, of no run in the plan
      5 files, 316 B; --yes removes them
      "
    `);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(lab.files()).toEqual(before);
  });

  it('--yes removes what it lists, and the rest stays', async () => {
    const lab = new CleanLab();
    const { exitCode, stdout } = await lab.clean({ yes: true });
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^5 files, .* removed$/m)]);
    expect(lab.files()).toEqual([...INTERRUPTED, ...COMPLETED].sort());
    expect(existsSync(join(lab.directory(MIXUP, 1), 'status.json'))).toBe(true);
    expect(existsSync(dirname(lab.directory(STRANGER, 1)))).toBe(false);
    expect((await lab.clean({ yes: true })).stdout).toBe('nothing was removed\n');
  });

  it('completed runs keep their checkpoints until --checkpoints, of no run in the plan, too', async () => {
    const lab = new CleanLab();
    lab.status(STRANGER, 1, { state: 'completed' });
    const { stdout } = await lab.clean({ yes: true, checkpoints: 'previous' });
    expect(stdout).toContain(
      `left alone  work_dirs/digits/${STRANGER}/trial1: completed, of no run in the plan; --checkpoints takes it, too`,
    );
    const kept = [`${STRANGER}/trial1/checkpoints/last.pt`, ...INTERRUPTED];
    const most = COMPLETED.filter((path) => !path.endsWith('prev.pt'));
    expect(lab.files()).toEqual([...kept, ...most].sort());
    await lab.clean({ yes: true, checkpoints: true });
    expect(lab.files()).toEqual(INTERRUPTED);
  });

  it('takes runs, and then looks at nothing else', async () => {
    const lab = new CleanLab();
    const before = lab.files();
    await lab.clean({ yes: true, run: [`${CUTMIX}`, `${MIXUP}/trial2`] });
    expect(lab.files()).toEqual(before);
  });

  it('leaves what a living process holds, here or elsewhere, and what cannot be told', async () => {
    const lab = new CleanLab();
    const before = lab.files();
    const elsewhere = { host: 'node7', machineId: '1', bootId: '2', pidNamespace: '', pid: 3, pidStart: 4 };
    const token = 'a'.repeat(32);
    for (const [record, why] of [
      [JSON.stringify({ ...processFields(), token }), `held by process ${process.pid} on ${hostname()}`],
      [JSON.stringify({ ...elsewhere, token }), 'held by process 3 on node7, which cannot be seen from here'],
      ['{"tok', 'its lock cannot be read'],
    ] as const) {
      for (const run of [MIXUP, STRANGER]) writeFileSync(join(lab.directory(run, 1), 'lock'), record);
      const { stdout } = await lab.clean({ yes: true });
      expect(stdout).toContain(`left alone  work_dirs/digits/${MIXUP}/trial1: ${why}\n`);
      expect(stdout).toContain(`left alone  work_dirs/digits/${STRANGER}/trial1: ${why}\n`);
      expect(lab.files().filter((path) => !path.endsWith('/lock'))).toEqual(before);
    }
  });

  it('leaves a training that runs on another machine, without a lock in sight', async () => {
    const lab = new CleanLab();
    lab.status(STRANGER, 1, { state: 'running' });
    expect((await lab.clean({ yes: true })).stdout).toContain('trial1: a training runs there');
    expect(existsSync(lab.directory(STRANGER, 1))).toBe(true);
  });

  it('removes what dead processes left: temporary files and locks', async () => {
    const lab = new CleanLab();
    const dead = await deadProcess();
    const trial = `work_dirs/digits/${CUTMIX}/trial1`;
    lab.status(CUTMIX, 1, { state: 'running', ...dead });
    lab.write(`${trial}/lock`, JSON.stringify({ ...dead, token: 'b1' }));
    lab.write(`${trial}/.status.json.0123456789abcdef.tmp`, '{');
    lab.write(`${trial}/checkpoints/.last.pt.0123456789abcdef.tmp`, 'wei');
    lab.write(`${trial}/notes.tmp`, 'mine');
    await lab.clean({ yes: true });
    expect(lab.files().filter((path) => path.startsWith(CUTMIX))).toEqual([
      ...INTERRUPTED,
      `${CUTMIX}/trial1/notes.tmp`,
    ]);
  });

  it('removes tries that were killed, not those at work', async () => {
    const lab = new CleanLab();
    lab.write('tmp/mixlab-try-a1/lock', JSON.stringify({ ...(await deadProcess()), token: 'b1' }));
    lab.write('tmp/mixlab-try-a1/checkpoints/last.pt', 'weights');
    lab.write('tmp/mixlab-try-b2/lock', JSON.stringify({ ...processFields(), token: 'b1' }));
    lab.write('tmp/mixlab-try-c3/notes', 'not held yet');
    await lab.clean({ yes: true });
    expect(readdirSync(join(lab.home, 'tmp')).sort()).toEqual(['mixlab-try-b2', 'mixlab-try-c3']);
  });

  it('follows no link', async () => {
    const lab = new CleanLab();
    lab.write('elsewhere/trial1/checkpoints/last.pt', 'weights');
    lab.status(STRANGER, 2, { state: 'failed' });
    lab.write('elsewhere/trial2/status.json', JSON.stringify({ hash: hashOf(STRANGER) }));
    lab.status(CUTMIX, 2, { state: 'failed' });
    symlinkSync(
      join(lab.home, 'elsewhere/trial1/checkpoints'),
      join(lab.directory(CUTMIX, 2), 'checkpoints'),
    );
    symlinkSync(join(lab.home, 'elsewhere'), join(lab.directory(STRANGER, 2), 'more'));
    symlinkSync(lab.directory(STRANGER, 1), join(lab.home, 'work_dirs/digits', STRANGER, 'trial3'));
    const { exitCode, stdout } = await lab.clean({ yes: true });
    expect(stdout).toContain(`left alone  work_dirs/digits/${STRANGER}/trial3: a link leads there`);
    expect(exitCode).toBe(0);
    expect(existsSync(join(lab.home, 'elsewhere/trial1/checkpoints/last.pt'))).toBe(true);
    expect(existsSync(join(lab.home, 'elsewhere/trial2/status.json'))).toBe(true);
    expect(readdirSync(lab.directory(CUTMIX, 2))).toEqual(['status.json']);
    expect(existsSync(lab.directory(STRANGER, 2))).toBe(false);
  });

  it('leaves what another experiment uses, which says so, but not where that has trained its own', async () => {
    const lab = new CleanLab();
    const other = (runs: readonly string[]) => {
      const plan = JSON.parse(lab.read('generated/digits/plan.json')) as PlanFile;
      const planned = runs.map((run) => planRun(run));
      lab.write('generated/other/plan.json', JSON.stringify({ ...plan, experiment: 'other', runs: planned }));
    };
    const linked = join(lab.home, 'work_dirs/other', STRANGER);
    other([STRANGER]);
    const why = `left alone  work_dirs/digits/${STRANGER}/trial1: other has this run, too\n`;
    expect((await lab.clean({ yes: true, experiment: ['digits'] })).stdout).toContain(why);
    mkdirSync(linked, { recursive: true });
    symlinkSync(`../../digits/${STRANGER}/trial1`, join(linked, 'trial1'));
    expect((await lab.clean({ yes: true })).stdout).toContain(why);
    expect(existsSync(join(linked, 'trial1/status.json'))).toBe(true);
    cpSync(lab.directory(STRANGER, 1), join(linked, 'copy'), { recursive: true });
    rmSync(join(linked, 'trial1'));
    renameSync(join(linked, 'copy'), join(linked, 'trial1'));
    expect((await lab.clean({ yes: true })).stdout).not.toContain(why);
    expect(existsSync(lab.directory(STRANGER, 1))).toBe(false);
    expect(existsSync(join(linked, 'trial1/status.json'))).toBe(true);
  });

  it('leaves folders that are not run directories', async () => {
    const lab = new CleanLab();
    lab.write('work_dirs/digits/mine/trial1/checkpoints/last.pt', 'weights');
    lab.write('work_dirs/digits/other/trial1/status.json', '{"hash": "no hash of ours"}');
    await lab.clean({ yes: true, checkpoints: true });
    expect(existsSync(join(lab.home, 'work_dirs/digits/mine/trial1/checkpoints/last.pt'))).toBe(true);
    expect(existsSync(join(lab.home, 'work_dirs/digits/other/trial1/status.json'))).toBe(true);
  });

  it('goes on where something cannot be removed, and ends with 1', async () => {
    const lab = new CleanLab();
    mkdirSync(join(lab.directory(MIXUP, 1), 'lock'));
    const { exitCode, stdout } = await lab.clean({ yes: true });
    expect(stdout).toMatch(new RegExp(`left alone {2}work_dirs/digits/${MIXUP}/trial1: .*EISDIR`));
    expect(exitCode).toBe(1);
    expect(existsSync(lab.directory(STRANGER, 1))).toBe(false);
  });
});
