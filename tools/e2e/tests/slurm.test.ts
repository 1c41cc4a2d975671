import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { Lab } from '../src/lab.ts';
import { SlurmCluster, whyNoSlurm } from '../src/slurm-cluster.ts';

const reason = whyNoSlurm();

describe.skipIf(reason)(`on a Slurm of two nodes${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await SlurmCluster.start();
  });
  afterAll(() => cluster?.stop());

  it('trains each trial once, in arrays that the cluster allows, with no more at a time than were asked for', async () => {
    const lab = await FakeLab.make(cluster, {
      trials: 6,
      launch: '{ gpusPerRun: 2, slurm: { throttle: 2 } }',
    });
    await lab.behave('sleep 1');
    const { all } = await lab.submit();
    expect(all).toMatch(
      /job (\d+): 4 trials, 2 at a time\n.*job \d+: 2 trials, 2 at a time\n.*6 submitted, 0 skipped/,
    );
    await cluster.untilEmpty();
    expect(lab.starts()).toEqual(lab.trials.map((trial) => `${trial} of 2 GPUs`));
    expect(lab.mostAtATime()).toBe(2);
    expect((await lab.submit()).all).toContain('nothing to submit: 6 skipped, 0 queued already');
  });

  it('leaves out what is queued, and takes up what was cancelled with scancel', async () => {
    const lab = await FakeLab.make(cluster, { trials: 3 });
    await lab.behave(`trap 'status interrupted; exit 75' TERM; until [ -e "$FAKE/go" ]; do sleep 0.2; done`);
    const job = await lab.submitOne();
    await cluster.until('all train', () => lab.timeline().length === 3);
    expect((await lab.submit()).all).toContain('nothing to submit: 0 skipped, 3 queued already');
    expect((await lab.submit('--dry-run')).all).toContain('skip   resnet8-vanilla');

    await cluster.run('scancel', `${job}_2`);
    await cluster.until('it has ended', async () => (await cluster.tasks()).length === 2);
    expect(lab.state(2)).toBe('interrupted');
    expect(lab.log(job, 2)).toContain('goes on when it is started again');
    expect((await lab.submit()).all).toContain('1 submitted, 0 skipped, 2 queued already');
    lab.write('fake/go', '');
    await cluster.untilEmpty();
    expect(lab.starts().map((start) => start.slice(-1))).toHaveLength(4);
    expect([1, 2, 3].map((trial) => lab.state(trial))).toEqual(['completed', 'completed', 'completed']);
  });

  it('queues a failed task again as often as asked, and none that cannot succeed', async () => {
    const lab = await FakeLab.make(cluster, { trials: 4 });
    await lab.behave(`
      case $trial.$start in
        1.1 | 1.2) status failed; exit 1 ;;
        2.*) status failed; exit 7 ;;
        3.*) exit 2 ;;
        4.*) exit 3 ;;
      esac`);
    const job = await lab.submitOne('--retries=2');
    await cluster.untilEmpty(90);
    expect(lab.starts().map((start) => start.charAt(start.indexOf('.') + 1))).toEqual([...'1112223', '4']);
    expect(await Promise.all([1, 2, 3, 4].map((task) => cluster.outcome(`${job}_${task}`)))).toEqual([
      'COMPLETED 0:0',
      'FAILED 7:0',
      'FAILED 2:0',
      'COMPLETED 0:0',
    ]);
    expect(lab.log(job, 1)).toMatch(/exit code 1, retry 1 of 2[^]*retry 2 of 2[^]*done /);
  });

  it('goes on elsewhere when a node goes down', async () => {
    const lab = await FakeLab.make(cluster, { trials: 1 });
    await lab.behave(`[ "$start" -gt 1 ] || sleep 1000`);
    const job = await lab.submitOne();
    await cluster.until('it trains', () => lab.timeline().length === 1);
    const [, , node = ''] = (await cluster.tasks())[0]?.split(' ') ?? [];
    await cluster.killNode(node);
    await cluster.untilEmpty();
    expect(lab.state(1)).toBe('completed');
    const started = [...lab.log(job, 1).matchAll(/start .* on (n\d)\)/g)].map(([, name]) => name);
    expect(started).toEqual([node, node === 'n1' ? 'n2' : 'n1']);
    await cluster.startNode(node);
  });
});

interface Wanted {
  readonly trials: number;
  readonly launch?: string;
}

/** An experiment of one run, and a Python on the nodes that does what a test says. */
class FakeLab extends Lab {
  readonly trials: string[] = [];
  readonly #cluster: SlurmCluster;

  static async make(
    cluster: SlurmCluster,
    { trials, launch = '{ gpusPerRun: 0 }' }: Wanted,
  ): Promise<FakeLab> {
    const lab = new FakeLab(cluster, { 'digits.config.ts': experiment(trials, launch) });
    const { exitCode, all } = await lab.mixlab('configs');
    expect(exitCode, all).toBe(0);
    const { runs } = JSON.parse(lab.read('generated/some/digits/plan.json'));
    for (let trial = 1; trial <= trials; trial++) lab.trials.push(`${runs[0].name}.${trial}`);
    mkdirSync(join(lab.home, 'fake'));
    copyFileSync(join(import.meta.dirname, '../fixtures/fake-python'), join(lab.home, 'fake/python'));
    return lab;
  }

  private constructor(cluster: SlurmCluster, configs: Readonly<Record<string, string>>) {
    super(configs);
    this.#cluster = cluster;
  }

  /** Bash that each training runs, with `$start`, `$trial` and `status STATE`. */
  async behave(code: string): Promise<void> {
    writeFileSync(join(this.home, 'fake/behaviour'), `${code}\n`);
  }

  submit(...args: string[]) {
    const env = { ...this.#cluster.env, MIXLAB_PYTHON: join(this.home, 'fake/python') };
    return execa('bash', [join(this.home, 'generated/some/digits/launch/slurm.sh'), ...args], {
      cwd: '/',
      env,
      reject: false,
      all: true,
    });
  }

  /** Submits what fits into one array, and gives its number. */
  async submitOne(...args: string[]): Promise<string> {
    const { all } = await this.submit(...args);
    const [, job] = /job (\d+): /.exec(all) ?? [];
    if (job === undefined) throw new Error(all);
    return job;
  }

  timeline(): string[] {
    const file = join(this.home, 'fake/timeline');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** Each start, as `run.trial of 2 GPUs`, by name. */
  starts(): string[] {
    return this.timeline()
      .filter((line) => line.startsWith('start '))
      .map((line) => line.split(' '))
      .map(([, trial, gpus = '']) =>
        gpus === 'none' ? `${trial}` : `${trial} of ${gpus.split(',').length} GPUs`,
      )
      .sort();
  }

  mostAtATime(): number {
    let now = 0;
    return Math.max(0, ...this.timeline().map((event) => (now += event.startsWith('start') ? 1 : -1)));
  }

  state(trial: number): string {
    const [run = ''] = readdirSync(join(this.home, 'work_dirs/some/digits')).filter(
      (name) => !name.startsWith('.'),
    );
    return JSON.parse(this.read(`work_dirs/some/digits/${run}/trial${trial}/status.json`)).state;
  }

  log(job: string, task: number): string {
    return this.read(`work_dirs/some/digits/.slurm/${job}_${task}.log`);
  }
}

const experiment = (trials: number, launch: string) => `
import { defineExperiment, mix, recipes } from '@mixlab/dsl';

export default defineExperiment({
  name: 'some/digits',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  maxEpochs: 3,
  mixMode: mix.vanilla(),
  trials: ${trials},
  launch: ${launch},
});
`;
