import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab, planOf, type RunOptions } from './lab.ts';

const launch = {
  gpusPerRun: 8,
  gpusPerNode: 4,
  slurm: {
    partition: 'gpu',
    time: '12:00:00',
    throttle: 2,
    sbatch: ['--exclude=node7'],
    setup: ['module load cuda', `echo "it's $HOME"`],
  },
};

class SlurmLab extends Lab {
  /** What the script gets beside the environment of the tests. */
  env: Readonly<Record<string, string>> = { SLURM_CONF: '/dev/null' };

  constructor(
    runs: readonly (string | RunOptions)[],
    plan = launch as Parameters<typeof planOf>[2],
    halving?: Parameters<typeof planOf>[3],
  ) {
    super(planOf('imagenet/some', runs, plan, halving));
  }

  override get script(): string {
    return join(this.folder, 'launch/slurm.sh');
  }

  /** What a dry run prints, without the folder's and the process's own names. Slurm itself is not needed. */
  async dryRun(...args: string[]): Promise<string> {
    const { code, output } = await this.run(['--dry-run', ...args], { env: this.env });
    expect(code, output).toBe(0);
    return output
      .replaceAll(this.home, '/lab')
      .replaceAll(this.fake, '/fake')
      .replaceAll(/\d{8}-\d{6}-\d+/g, 'ID');
  }

  /** The command lines of sbatch in a dry run. */
  async requests(...args: string[]): Promise<string[]> {
    return (await this.dryRun(...args)).split('\n').filter((line) => line.startsWith('sbatch '));
  }
}

describe('slurm.sh --dry-run', () => {
  it('submits a rung, and a job that decides who goes on and submits them with the same options', async () => {
    const halving = { metric: 'top1', goal: 'max', eta: 2, rungs: [1, 4] } as const;
    const lab = new SlurmLab(['a-1', 'b-2'], launch, halving);
    lab.env = { ...lab.env, HALVING_PYTHON: join(import.meta.dirname, '../../../.venv/bin/python') };
    const list = join(lab.home, 'list');
    writeFileSync(list, 'a-1 1\nb-2 1\n');
    const printed = await lab.dryRun('--then=table', '--throttle', '7', '--list', list);
    expect(printed).toContain('rung 1 of 2: 2 of 2 runs to epoch 1, then the best 1 go on');
    expect(printed).toContain('until=1\ntrain_task /lab/work_dirs/imagenet/some/.slurm/ID-1.tasks\n');
    expect(printed).toContain('go_on_after_rung 1 --then=table --throttle 7 --work-dir /lab/work_dirs\n');
    const sent = printed.split('\n').filter((line) => line.startsWith('sbatch '));
    expect(sent.map((line) => /--(?:array|dependency)=\S+/.exec(line)?.[0])).toEqual([
      '--array=1-2%7',
      '--dependency=afterany:JOB',
    ]);
    lab.env = { ...lab.env, MIXLAB_AFTER_RUNG: '1' };
    expect(await lab.dryRun()).toContain('rung 1 is not over');
    for (const name of ['a-1', 'b-2']) {
      lab.leave(lab.directory(name), name, 'paused', 1);
      const line = '{"mode": "val", "attempt": 1, "epoch": 1, "top1": 50}\n';
      writeFileSync(join(lab.directory(name), 'log.jsonl'), line);
    }
    const last = await lab.dryRun('--then=table');
    expect(last).toContain('rung 2 of 2: 1 of 2 runs to epoch 4');
    expect(last).toContain('submit a-1 trial 1');
    expect(last).toMatch(/^print_table$/m);
    expect(last).not.toContain('go_on_after_rung');
  });

  it('prints script and request, submits nothing and writes nothing', async () => {
    const lab = new SlurmLab([{ name: 'a-1', trials: 2 }, 'b-2']);
    lab.leave(lab.directory('b-2'), 'b-2', 'completed');
    expect(await lab.dryRun()).toMatchInlineSnapshot(`
      "[TIME] Slurm does not answer here: nobody knows what is queued already
      [TIME] skip   b-2 trial 1: completed
      [TIME] submit a-1 trial 1
      [TIME] submit a-1 trial 2
      [TIME] dry run: 2 to submit, 1 skipped, 0 queued already

      # /lab/work_dirs/imagenet/some/.slurm/ID-1.sh
      #!/usr/bin/env bash
      # Submitted by slurm.sh of imagenet/some: trains a trial in each task of the array.
      export MIXLAB_PYTHON=/fake/python
      module load cuda
      echo "it's $HOME"
      . /lab/generated/imagenet/some/launch/slurm-scheduler.sh || exit
      experiment=imagenet/some
      folder=/lab/generated/imagenet/some
      home=/lab
      work_dir=/lab/work_dirs
      work=/lab/work_dirs/imagenet/some
      gpus=4
      authored_gpus=8
      nodes=2
      retries=0
      train_task /lab/work_dirs/imagenet/some/.slurm/ID-1.tasks

      sbatch --parsable --job-name=imagenet/some --comment=/lab/work_dirs/imagenet/some/.slurm/ID-1.tasks --output=/lab/work_dirs/imagenet/some/.slurm/%A_%a.log --open-mode=append --chdir=/lab --array=1-2%2 --requeue --signal=B:USR1@120 --nodes=2 --ntasks-per-node=1 --gres=gpu:4 --partition=gpu --time=TIME --exclude=node7 /lab/work_dirs/imagenet/some/.slurm/ID-1.sh
      "
    `);
    expect(existsSync(join(lab.home, 'work_dirs/imagenet/some/.slurm'))).toBe(false);
  });

  it('cuts arrays in pieces, one after the other where there is a throttle', async () => {
    const lab = new SlurmLab([{ name: 'a-1', trials: 5 }], { gpusPerRun: 1 });
    const arrays = async (...args: string[]) =>
      (await lab.requests('--max-array-size=2', ...args)).map((line) =>
        [...line.matchAll(/--(?:array|dependency)=(\S+)/g)].map(([, value]) => value).join(' '),
      );
    expect(await arrays()).toEqual(['1-2', '1-2', '1-1']);
    expect(await arrays('--throttle=1')).toEqual(['1-2%1', '1-2%1 afterany:JOB', '1-1%1 afterany:JOB']);
  });

  it('chains tests and the table', async () => {
    const lab = new SlurmLab([{ name: 'a-1', trials: 2 }]);
    const [train, test, table] = await lab.requests('--then', 'test,table');
    expect(train).not.toContain('--dependency');
    expect(test).toMatch(/--dependency=aftercorr:JOB --kill-on-invalid-dep=yes --nodes=1 .*--gres=gpu:4/);
    expect(table).toMatch(/--dependency=afterany:JOB:JOB --partition=gpu \S+$/);
  });

  it.each([
    ['--partition=cpu', '--partition=cpu'],
    ['-p cpu', '--partition=cpu'],
    ['--account me --qos=high -C a100', '--account=me --qos=high --constraint=a100'],
    ['-t 5', '--time=5'],
    ['--mem 64G --cpus-per-task=3 --cpus-per-gpu 4', '--mem=64G --cpus-per-task=3 --cpus-per-gpu=4'],
    ['--throttle=7', '--array=1-1%7'],
    ['--signal-seconds 60', '--signal=B:USR1@60'],
    ['--sbatch --mail-type=FAIL', '--exclude=node7 --mail-type=FAIL'],
    ['--gpus-per-run 4', '--nodes=1 --ntasks-per-node=1 --gres=gpu:4'],
    ['--gpus-per-node=2', '--nodes=4 --ntasks-per-node=1 --gres=gpu:2'],
    ['--nodes-per-run=8', '--nodes=8 --ntasks-per-node=1 --gres=gpu:1'],
  ])('%s overrides the experiment', async (typed, asked) => {
    const [request] = await new SlurmLab(['a-1']).requests(...typed.split(' '));
    for (const option of asked.split(/ (?=--)/)) expect(request?.split(' ')).toContain(option);
    expect(request?.match(/--(partition|time|array|nodes)=/g)).toHaveLength(4);
  });

  it('takes the trials that --only and --list name', async () => {
    const lab = new SlurmLab([
      { name: 'a-1', trials: 2 },
      { name: 'b-2', trials: 2 },
    ]);
    const submitted = async (...args: string[]) =>
      (await lab.dryRun(...args)).split('\n').flatMap((line) => /submit (.*)/.exec(line)?.[1] ?? []);
    expect(await submitted('--only', 'b*')).toEqual(['b-2 trial 1', 'b-2 trial 2']);
    writeFileSync(join(lab.home, 'list'), 'a-1 2\n');
    expect(await submitted('--list', join(lab.home, 'list'))).toEqual(['a-1 trial 2']);
  });
});

it('submits nothing where Slurm does not answer, and ends what was asked', async () => {
  const lab = new SlurmLab(['a-1']);
  const programs = mkdtempSync(join(lab.home, 'bin-'));
  const program = (name: string, code: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  const env = { PATH: `${programs}:${process.env['PATH']}`, MIXLAB_SLURM_SECONDS: '1' };
  const asked = join(lab.home, 'asked');
  program('squeue', `echo "$$" >'${asked}'; exec sleep 600`);
  program('sbatch', 'echo 1');
  const { code, output } = await lab.run([], { env });
  expect([code, output]).toEqual([1, 'slurm.sh: squeue has not answered for 1 seconds\n']);
  expect(existsSync(`/proc/${readFileSync(asked, 'utf8').trim()}`)).toBe(false);
  program('squeue', 'echo half; echo no such cluster >&2; exit 3');
  expect(await lab.run([], { env })).toEqual({ code: 1, output: 'no such cluster\n' });
});

it('what is wrong on the command line is told at once', async () => {
  const lab = new SlurmLab(['a-1']);
  const args = [
    '--throttle=0',
    '--partion=x',
    '--sbatch=--array=1',
    '--sbatch',
    'mem',
    '--then=plot',
    '--retries',
  ];
  const { code, output } = await lab.run(args);
  expect(code).toBe(2);
  expect(output).toMatchInlineSnapshot(`
    "slurm.sh: --throttle takes a whole number from 1, not '0'
    slurm.sh: unknown option --partion (did you mean --partition?); --help lists the options
    slurm.sh: --sbatch: slurm.sh gives --array itself
    slurm.sh: --sbatch takes an option such as --mail-type=FAIL, not 'mem'
    slurm.sh: --then takes test, table or test,table, not 'plot'
    slurm.sh: --retries needs a value
    "
  `);
  expect(await lab.run(['-n', '--gpus-per-run=5', '--nodes-per-run=2'])).toEqual({
    code: 2,
    output: 'slurm.sh: 5 GPUs of a trial cannot be shared evenly by 2 nodes\n',
  });
});
