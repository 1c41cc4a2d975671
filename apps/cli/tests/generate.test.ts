import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authored } from './experiments.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace(authored);
});
afterAll(() => workspace.remove());

describe('mixlab configs', () => {
  it('shows the runs and writes nothing with --dry-run', async () => {
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs', '--dry-run');
    expect(withoutHashes(stdout)).toMatchInlineSnapshot(`
      "second
        run                                 backbone  mixMode  maxEpochs  trials
        resnet20-mixup-ep100-a0.2-########  resnet20  mixup    100        1
        resnet20-mixup-ep200-a0.2-########  resnet20  mixup    200        1

      tiny/first
        run                                 backbone  mixMode  maxEpochs  trials
        resnet18-vanilla-ep10-########      resnet18  vanilla  10         2
        resnet18-mixup-ep10-a1-########     resnet18  mixup    10         2
        resnet18-cutmix-ep10-a0.2-########  resnet18  cutmix   10         2
        resnet50-vanilla-ep10-########      resnet50  vanilla  10         2
        resnet50-mixup-ep10-a1-########     resnet50  mixup    10         2
        resnet50-cutmix-ep10-a1-########    resnet50  cutmix   10         2

      second      2 runs  would write 7, leave 0 unchanged, remove 0
      tiny/first  6 runs  would write 11, leave 0 unchanged, remove 0"
    `);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(workspace.files('.').filter((file) => !file.startsWith('.mixlab/'))).toEqual(
      Object.keys(authored).sort(),
    );
  });

  it('writes everything, and says what to type next', async () => {
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs');
    expect(stdout).toMatchInlineSnapshot(`
      "second      2 runs  7 written, 0 unchanged, 0 removed
      tiny/first  6 runs  11 written, 0 unchanged, 0 removed

      next: bash generated/second/launch/local.sh
            bash generated/tiny/first/launch/local.sh"
    `);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(workspace.files().map(withoutHashes)).toMatchInlineSnapshot(`
      [
        "second/.manifest.json",
        "second/configs/resnet20/mixup/resnet20-mixup-ep100-a0.2-########.json",
        "second/configs/resnet20/mixup/resnet20-mixup-ep200-a0.2-########.json",
        "second/launch/local.sh",
        "second/launch/scheduler.sh",
        "second/launch/slurm-scheduler.sh",
        "second/launch/slurm.sh",
        "second/plan.json",
        "tiny/first/.manifest.json",
        "tiny/first/configs/resnet18/cutmix/resnet18-cutmix-ep10-a0.2-########.json",
        "tiny/first/configs/resnet18/mixup/resnet18-mixup-ep10-a1-########.json",
        "tiny/first/configs/resnet18/vanilla/resnet18-vanilla-ep10-########.json",
        "tiny/first/configs/resnet50/cutmix/resnet50-cutmix-ep10-a1-########.json",
        "tiny/first/configs/resnet50/mixup/resnet50-mixup-ep10-a1-########.json",
        "tiny/first/configs/resnet50/vanilla/resnet50-vanilla-ep10-########.json",
        "tiny/first/launch/local.sh",
        "tiny/first/launch/scheduler.sh",
        "tiny/first/launch/slurm-scheduler.sh",
        "tiny/first/launch/slurm.sh",
        "tiny/first/plan.json",
      ]
    `);
  });

  it('leaves everything as it is the second time', async () => {
    const before = snapshot(workspace);
    const { stdout } = await workspace.mixlab('configs');
    expect(stdout).toContain('second      2 runs  0 written, 7 unchanged, 0 removed');
    expect(snapshot(workspace)).toEqual(before);
  });

  it('removes nothing when less is selected, and leaves experiments alone that have none of it', async () => {
    const before = workspace.files();
    const { exitCode, stdout } = await workspace.mixlab(
      'configs',
      '--mix-mode=cutmix',
      '--backbone',
      'resnet18,resnet50',
    );
    expect(stdout).toMatchInlineSnapshot(`
      "tiny/first  2 of 6 runs  3 written, 4 unchanged, 0 removed
      left alone, for nothing in them is selected: second

      next: bash generated/tiny/first/launch/local.sh"
    `);
    expect(exitCode).toBe(0);
    expect(workspace.files()).toEqual(before);
    expect(workspace.read('generated/tiny/first/launch/local.sh')).not.toContain('mixup');
    expect(JSON.parse(workspace.read('generated/tiny/first/plan.json')).runs).toHaveLength(6);
  });

  it('makes a sibling of an experiment in which --set changes a value', async () => {
    const { stdout } = await workspace.mixlab(
      'configs',
      '--experiment=second',
      '--set',
      'maxEpochs=7',
      '--set=seed=3',
    );
    expect(stdout).toMatch(/^second\.set-[0-9a-f]{8}  1 run  6 written, 0 unchanged, 0 removed\n/);
    const [, sibling] = /^(\S+)/.exec(stdout)!;
    const plan = JSON.parse(workspace.read(`generated/${sibling}/plan.json`));
    const config = JSON.parse(workspace.read(`generated/${sibling}/${plan.runs[0].config}`));
    expect([config.maxEpochs, config.seed]).toEqual([7, 3]);
    const whole = await workspace.mixlab(
      'configs',
      '-n',
      '--experiment=second',
      '--set=dataset.mean=[0.5',
      '--set=0.5',
      '--set=0.5]',
    );
    expect(whole.stdout).toMatch(/^second\.set-/);
  });

  it('prints nothing but JSON with --json, whatever an authored file prints', async () => {
    const noisy = makeWorkspace({
      'configs/second.config.ts': `${authored['configs/second.config.ts']}(globalThis as any).console.log('hello');\n`,
    });
    const { stdout, stderr } = await noisy.mixlab('configs', '--json', '--dry-run');
    noisy.remove();
    expect([JSON.parse(stdout).dryRun, stderr]).toEqual([true, 'hello']);
  });

  it('takes no file for the one of --json that does not stand behind an equals sign', async () => {
    const file = 'configs/second.config.ts';
    const text = workspace.read(file);
    const { exitCode, stdout } = await workspace.mixlab('check', '--json', file);
    expect([exitCode, JSON.parse(stdout).experiments.length, workspace.read(file)]).toEqual([0, 1, text]);
  });

  it('prints nothing but JSON with --json, and writes it to a file with --json=FILE', async () => {
    const { stdout, stderr } = await workspace.mixlab('configs', '--json', '--experiment=second');
    expect(stderr).toBe('');
    const { experiments, leftAlone, dryRun } = JSON.parse(stdout);
    expect([experiments.length, experiments[0].name, leftAlone, dryRun]).toEqual([1, 'second', [], false]);
    expect(experiments[0].runs).toEqual(JSON.parse(workspace.read('generated/second/plan.json')).runs);

    const toFile = await workspace.mixlab('configs', '--json=report.json', '--experiment=second');
    expect(toFile.stdout).toContain('next: bash generated/second/launch/local.sh');
    expect(JSON.parse(workspace.read('report.json'))).toEqual(JSON.parse(stdout));
  });

  it('finds its workspace from a folder inside, and takes --out from there', async () => {
    mkdirSync(join(workspace.home, 'configs/deep er'));
    const { stdout } = await workspace.mixlabIn(
      'configs/deep er',
      'configs',
      '--experiment=second',
      '--out=../../else where',
    );
    expect(stdout).toContain(`next: bash '${workspace.home}/else where/second/launch/local.sh'`);
    expect(workspace.files('else where')).toEqual(
      workspace.files('generated/second').map((file) => `second/${file}`),
    );
  });

  it('generates the same bytes anywhere', async () => {
    const other = makeWorkspace(authored);
    await other.mixlab('configs');
    await workspace.mixlab('configs');
    const [here, there] = [workspace, other].map((one) =>
      ['second', 'tiny/first'].map((name) => contents(one, `generated/${name}`)),
    );
    other.remove();
    expect(there).toEqual(here);
  });
});

/** Hashes change whenever a recipe does. */
function withoutHashes(text: string): string {
  return text.replaceAll(/-[0-9a-f]{8}\b/g, '-########');
}

/** Inode and time of change of every generated file. */
function snapshot({ home, files }: Workspace): Record<string, string> {
  return Object.fromEntries(
    files().map((file) => {
      const { ino, mtimeMs } = statSync(join(home, 'generated', file));
      return [file, `${ino} ${mtimeMs}`];
    }),
  );
}

/** Text of every file but the manifest, whose order tells what was written when. */
function contents({ home, files }: Workspace, folder: string): Record<string, string> {
  const texts = files(folder).filter((file) => !file.endsWith('.manifest.json'));
  return Object.fromEntries(texts.map((file) => [file, readFileSync(join(home, folder, file), 'utf8')]));
}
