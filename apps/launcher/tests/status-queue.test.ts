import { chmodSync, utimesSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { statusCommand } from '@mixlab/launcher';
import { expect, it } from 'vitest';
import { hashOf, MIXUP, planRun, TrialsLab } from './trials-lab.ts';

/** One run whose trials `slurm.sh` has submitted as tasks 1, 2, …, and a `squeue` that does what a test says. */
class QueueLab extends TrialsLab {
  readonly list: string;

  constructor(trials: number) {
    super([planRun(MIXUP, { trials })]);
    const lines = Array.from({ length: trials }, (_, i) =>
      [MIXUP, i + 1, hashOf(MIXUP), 'a.json', 'a'].join('\t'),
    );
    this.list = this.write('work_dirs/digits/.slurm/20261129-1.tasks', `${lines.join('\n')}\n`);
    this.env = { PATH: [join(this.home, 'bin'), process.env['PATH']].join(delimiter), LIST: this.list };
  }

  squeue(code: string): this {
    chmodSync(this.write('bin/squeue', `#!/usr/bin/env bash\n${code}\n`), 0o755);
    return this;
  }
}

it('shows what waits in the queue of Slurm, whatever it was before, with the reason', async () => {
  const lab = new QueueLab(7).squeue(`
    [[ -z \${SQUEUE_STATES-} && " $* " == *' --name=digits '* ]] || exit 1
    printf '%s\\n' "1 17_1 RUNNING None|$LIST" "2 17_2 PENDING BeginTime|$LIST" "3 17_3 PENDING Resources|$LIST" \\
      "4 17_4 CONFIGURING None|$LIST" "5 17_5 COMPLETING None|$LIST" "6 17_6 PENDING Priority|$LIST" \\
      "7 17_7 PENDING Priority|/elsewhere/.slurm/20261129-1.tasks" "7 18_7 PENDING Priority|test of $LIST" \\
      "99 17_99 PENDING Priority|$LIST" "N/A 19_N/A PENDING Dependency|table of digits"`);
  lab.env = { ...lab.env, SQUEUE_STATES: 'RUNNING' };
  const running = lab.status(MIXUP, 1, { state: 'running', epoch: 1, schedulerJob: '17_1' });
  const fiveMinutesAgo = Date.now() / 1000 - 300;
  utimesSync(running, fiveMinutesAgo, fiveMinutesAgo);
  lab.status(MIXUP, 2, { state: 'interrupted', epoch: 2, schedulerJob: '17_2' });
  lab.status(MIXUP, 5, { state: 'failed', error: 'out of memory' });
  lab.status(MIXUP, 6, { state: 'completed', epoch: 4 });
  expect(await lab.run(statusCommand, {})).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "",
      "stdout": "digits: 7 trials, 1 planned, 1 running, 1 failed, 1 completed, 3 queued

      run                         trial  state      attempt  epoch  metric  heartbeat  where                why
      resnet8-mixup-ep4-1a1a1a1a  1      running    1        1/4            5 min ago  node7:4711 job 17_1
      resnet8-mixup-ep4-1a1a1a1a  2      queued     1        2/4                       job 17_2             waits in Slurm's queue: BeginTime
      resnet8-mixup-ep4-1a1a1a1a  3      queued              0/4                       job 17_3             waits in Slurm's queue: Resources
      resnet8-mixup-ep4-1a1a1a1a  4      queued              0/4                       job 17_4             Slurm has its task as configuring
      resnet8-mixup-ep4-1a1a1a1a  5      failed     1        0/4                       node7:4711           out of memory
      resnet8-mixup-ep4-1a1a1a1a  6      completed  1        4/4                       node7:4711
      resnet8-mixup-ep4-1a1a1a1a  7      planned             0/4
    ",
    }
  `);
  const { stdout } = await lab.run(statusCommand, { state: ['queued'], json: true });
  const [{ trials }] = JSON.parse(stdout).experiments;
  expect(trials.map(({ queued }: { queued: object }) => queued)).toEqual([
    { job: '17_2', state: 'PENDING', reason: 'BeginTime' },
    { job: '17_3', state: 'PENDING', reason: 'Resources' },
    { job: '17_4', state: 'CONFIGURING', reason: 'None' },
  ]);
});

it.each<[what: string, code: string, note: RegExp]>([
  [
    'fails',
    'echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1',
    /: slurm_load_jobs error/,
  ],
  // What it has started keeps its output open.
  ['hangs', 'trap "" TERM; sleep 30', /: squeue has not answered within 5 s/],
  ['is not there', '', /: there is no squeue here/],
])('says so where squeue %s, and shows the run directories', async (_, code, note) => {
  const lab = new QueueLab(1);
  if (code === '') lab.env = { PATH: join(lab.home, 'bin') };
  else lab.squeue(code);
  const { exitCode, stdout, stderr } = await lab.run(statusCommand, {});
  expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'digits: 1 trials, 1 planned']);
  expect(stderr).toMatch(/^mixlab status: warning: nobody knows what waits in Slurm's queue/);
  expect(stderr).toMatch(note);
});

it('asks nobody where nothing was submitted from, and says nothing where no trial can wait', async () => {
  const lab = new QueueLab(1);
  lab.env = { PATH: join(lab.home, 'bin') };
  lab.status(MIXUP, 1, { state: 'completed', epoch: 4 });
  expect(await lab.run(statusCommand, {})).toMatchObject({ exitCode: 0, stderr: '' });
  const planned = { exitCode: 0, stderr: '', stdout: expect.stringContaining('1 planned') };
  const other = new TrialsLab([planRun(MIXUP, { trials: 1 })]);
  chmodSync(other.write('bin/squeue', '#!/bin/sh\nexit 1\n'), 0o755);
  other.env = { PATH: [join(other.home, 'bin'), process.env['PATH']].join(delimiter) };
  expect(await other.run(statusCommand, {})).toEqual(planned);
});
