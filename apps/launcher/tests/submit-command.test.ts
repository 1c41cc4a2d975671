import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { planOf } from '@mixlab/engines/testing';
import { describe, expect, it } from 'vitest';
import { RunLab } from './run-lab.ts';

// No test of this file asks the machine's own Slurm, if it has one.
process.env['SLURM_CONF'] = '/dev/null';

const launch = { gpusPerRun: 1, slurm: { partition: 'gpu', setup: ['module load cuda'] } };

class SubmitLab extends RunLab {
  constructor() {
    super(planOf('digits', ['a', 'b', { name: 'c', trials: 2 }], launch));
  }

  /** What `mixlab submit --dry-run` prints; Slurm itself is not needed. */
  async dryRun(...args: string[]) {
    const { exitCode, stdout, all } = await this.mixlab('submit', '--dry-run', ...args);
    expect(exitCode, all).toBe(0);
    return { stdout, submitted: stdout.match(/(?<=submit )\S+ trial \d/g) ?? [] };
  }
}

describe('mixlab submit', () => {
  it('hands every option over to slurm.sh, which prints script and request in a dry run', async () => {
    const lab = new SubmitLab();
    const args = [
      '-p',
      'a,b',
      '--account=me',
      '--qos=high',
      '-t',
      '1:00:00',
      '--constraint=a100',
      '--mem=8G',
    ];
    const more = [
      '--cpus-per-task=2',
      '--cpus-per-gpu=3',
      '--throttle=2',
      '--max-array-size=3',
      '--only=[ac]',
    ];
    const rest = [
      '--gpus-per-run=8',
      '--gpus-per-node=4',
      '--signal-seconds=30',
      '--retries=1',
      '--resume-cancelled',
    ];
    const lists = [
      '--sbatch=--exclude=n1,n2',
      '--sbatch=--exclusive',
      '--setup=echo a, b',
      '--then=table,test',
    ];
    const { stdout } = await lab.dryRun('--launcher=slurm', ...args, ...more, ...rest, ...lists);
    const [train, test, table] = stdout
      .replaceAll('\\', '')
      .split('\n')
      .filter((line) => line.startsWith('sbatch '));
    expect(train).toMatch(
      / --array=1-3%2 --requeue --signal=B:USR1@30 --nodes=2 .*--gres=gpu:4 --partition=a,b --account=me --qos=high --time=1:00:00 --constraint=a100 --cpus-per-task=2 --cpus-per-gpu=3 --mem=8G --exclude=n1,n2 --exclusive /,
    );
    expect(test).toContain('--dependency=aftercorr:JOB');
    expect(table).toContain('--dependency=afterany:JOB:JOB');
    expect(stdout).toMatch(/\nmodule load cuda\necho a, b\n[^]*\nretries=1\n/);
    expect(existsSync(join(lab.home, 'work_dirs'))).toBe(false);
  });

  it('takes trials by their state, and says where there are none', async () => {
    const lab = new SubmitLab();
    lab.leave(lab.directory('a'), 'a', 'failed');
    lab.leave(lab.directory('b'), 'b', 'completed');
    expect((await lab.dryRun()).submitted).toEqual(['a trial 1', 'c trial 1', 'c trial 2']);
    expect((await lab.dryRun('--failed')).submitted).toEqual(['a trial 1']);
    expect((await lab.dryRun('--missing', '--experiment=digits')).submitted).toEqual([
      'c trial 1',
      'c trial 2',
    ]);
    expect((await lab.dryRun('--stale')).stdout).toBe('digits: nothing to do, no trial is stale');
  });

  it('ends as the script does, and says what is wrong', async () => {
    const lab = new SubmitLab();
    const wrong = await lab.mixlab('submit', '--nodes-per-run=3', '--gpus-per-run=2', '-n');
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      'slurm.sh: 2 GPUs of a trial cannot be shared evenly by 3 nodes',
    ]);
    const { stderr } = await lab.mixlab('submit', '--launcher=pbs', '--throttle=0', '--then=plot');
    for (const option of ['launcher', 'throttle', 'then']) expect(stderr).toContain(`--${option}`);
    rmSync(join(lab.folder, 'launch/slurm.sh'));
    expect((await lab.mixlab('submit')).stderr).toContain('generated/digits has no launch/slurm.sh');
  });
});
