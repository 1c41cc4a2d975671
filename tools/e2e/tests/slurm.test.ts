import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { Lab } from '../src/lab.ts';
import { processesWith, signal } from '../src/processes.ts';
import { SlurmCluster, whyNoSlurm } from '../src/slurm-cluster.ts';

const reason = whyNoSlurm();

describe.skipIf(reason)(`on a Slurm of two nodes${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await SlurmCluster.start();
  });
  afterEach(() => cluster.clear());
  afterAll(() => cluster?.stop());

  it('trains each trial once, in arrays that the cluster allows, with no more at a time than were asked for', async () => {
    const lab = await FakeLab.make(cluster, {
      trials: 6,
      launch: '{ gpusPerRun: 2, slurm: { throttle: 2 } }',
    });
    await lab.behave('touch "$FAKE/$trial"; until [ -e "$FAKE/go" ]; do sleep 0.1; done; sleep 1');
    const { all } = await lab.mixlab('submit', '--launcher=slurm', '--experiment=some/digits');
    expect(all).toMatch(
      /job (\d+): 4 trials, 2 at a time\n.*job \d+: 2 trials, 2 at a time\n.*6 submitted, 0 skipped/,
    );
    await cluster.until('two train', () =>
      ['1', '2'].every((trial) => existsSync(join(lab.home, 'fake', trial))),
    );
    const status = await lab.mixlab('status');
    expect(status.stdout).toContain('some/digits: 6 trials, 2 running, 4 queued');
    const waits = [...status.stdout.matchAll(/queued .*job (\d+_\d) +waits in Slurm's queue: (\w+)/g)];
    const [, first, second] = /job (\d+)[^]*job (\d+)/.exec(all ?? '') ?? [];
    expect(waits.map(([, task, reason]) => `${task} ${reason}`)).toEqual([
      `${first}_3 JobArrayTaskLimit`,
      `${first}_4 JobArrayTaskLimit`,
      `${second}_1 Dependency`,
      `${second}_2 Dependency`,
    ]);
    lab.write('fake/go', '');
    await cluster.untilEmpty();
    expect(lab.starts()).toEqual(lab.trials.map((trial) => `${trial} of 2 GPUs`));
    expect(lab.mostAtATime()).toBe(2);
    expect((await lab.submit()).all).toContain('nothing to submit: 6 skipped, 0 queued already');
    await lab.addTwin();
    const twin = await lab.mixlab('submit', '--launcher=slurm', '--experiment=some/twin');
    expect(twin.all).toContain('nothing to submit: 6 skipped, 0 queued already');
  });

  it('trains once what two experiments have that are submitted at the same moment', async () => {
    const lab = await FakeLab.make(cluster, { trials: 3 });
    await lab.behave(`
      mkdir -p "$directory"
      mkdir "$directory/held" || exit 3
      status running
      sleep 1
      status completed
      rmdir "$directory/held"`);
    await lab.addTwin();
    await Promise.all(['digits', 'twin'].map((name) => lab.bash(`generated/some/${name}/launch/slurm.sh`)));
    await cluster.untilEmpty();
    const twin = await lab.mixlab('status', '--experiment=some/twin');
    expect(twin.stdout).toContain('some/twin: 3 trials, 3 completed');
    const digits = await lab.mixlab('status', '--experiment=some/digits');
    expect(digits.stdout).toContain('some/digits: 3 trials, 3 completed');
    expect(lab.linked('digits').length + lab.linked('twin').length).toBe(3);
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
    const resumed = await lab.mixlab('resume', '--launcher=slurm', '--retries=1');
    expect(resumed.exitCode, resumed.all).toBe(0);
    expect(resumed.all).toMatch(/job \d+: 1 trials\n.*1 submitted, 0 skipped, 0 queued already/);
    await cluster.until('it trains again', () => lab.starts().length === 4);
    expect((await lab.mixlab('resume', '--launcher=slurm')).all).toBe('nothing to resume: 3 running');
    lab.write('fake/go', '');
    await cluster.untilEmpty();
    expect(lab.starts().map((start) => start.slice(-1))).toHaveLength(4);
    expect([1, 2, 3].map((trial) => lab.state(trial))).toEqual(['completed', 'completed', 'completed']);
  });

  it('trains a halved experiment rung by rung, each submitted by a job that follows the one before', async () => {
    const light = join(import.meta.dirname, '../fixtures/light/python');
    const real = join(import.meta.dirname, '../../../.venv/bin/python');
    const lab = new Lab(
      { 'halved.config.ts': HALVED },
      { ...cluster.env, MIXLAB_PYTHON: light, LIGHT_PYTHON: real },
    );
    expect((await lab.mixlab('configs')).exitCode).toBe(0);
    const { exitCode, all } = await lab.mixlab('submit', '--throttle=2');
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/rung 1 of 2: 4 of 4 runs to epoch 1, then the best 1 go on\n.*job \d+: 4 trials/);
    await cluster.untilEmpty();
    const status = await lab.mixlab('status');
    expect(status.stdout).toContain('some/halved: 4 trials, 3 paused, 1 completed\n');
    expect(status.stdout).toContain('halving by top1: 4 to epoch 1, now 1 to epoch 4\n');
    expect((await lab.mixlab('submit')).all).toContain('nothing to submit: 1 skipped, 0 queued already');
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
    await cluster.untilEmpty();
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

  it('asks for a checkpoint before the time limit, and queues that task alone again', async () => {
    const launch = "{ gpusPerRun: 0, slurm: { time: '1', signalSeconds: 50 } }";
    const lab = await FakeLab.make(cluster, { trials: 2, launch });
    await lab.behave(`
      trap 'status interrupted; exit 75' TERM USR1
      [ "$trial.$start" != 1.1 ] || while :; do sleep 0.2; done`);
    const job = await lab.submitOne();
    await cluster.untilEmpty();
    expect(lab.log(job, 1)).toMatch(/start [^]*was interrupted with a checkpoint[^]*start [^]*done /);
    expect(lab.starts()).toEqual([lab.trials[0], lab.trials[0], lab.trials[1]]);
    expect(await cluster.outcome(`${job}_1`)).toBe('COMPLETED 0:0');
  });

  it('tools/slurm_train.sh trains one config, on as many nodes as its GPUs take, and ends with its exit code', async () => {
    const lab = new Lab({});
    lab.write('python', '#!/bin/sh\necho "$CUDA_VISIBLE_DEVICES: $*, $SLURM_CPUS_PER_TASK cores"\nexit 75\n');
    await execa('chmod', ['+x', join(lab.home, 'python')]);
    const env = {
      ...cluster.env,
      MIXLAB_PYTHON: join(lab.home, 'python'),
      GPUS_PER_NODE: '4',
      CPUS_PER_TASK: '',
    };
    lab.write('a config.json', '{}');
    const train = (...args: string[]) =>
      execa('bash', [join(import.meta.dirname, '../../slurm_train.sh'), ...args], {
        cwd: lab.home,
        env,
        reject: false,
      });
    const one = await train('gpu', 'a config.json', '2', '--trial', '3');
    expect([one.exitCode, one.stdout]).toEqual([
      75,
      '0,1: -m mixlab.launch a config.json --gpus 2 --trial 3, 2 cores',
    ]);
    const two = await train('gpu', 'a config.json', '8');
    const nodes = two.stdout.split('\n').sort();
    expect([two.exitCode, nodes.length]).toEqual([75, 2]);
    nodes.forEach((line, node) =>
      expect(line).toMatch(
        new RegExp(
          `^0,1,2,3: -m mixlab.launch a config.json --gpus 4 --nodes 2 --node-rank ${node} --rendezvous 127.0.0.1:\\d{5}, 4 cores$`,
        ),
      ),
    );
    const cpu = await train('gpu', 'a config.json', '0');
    expect([cpu.exitCode, cpu.stdout]).toEqual([75, ': -m mixlab.launch a config.json --gpus 0, 4 cores']);
    env.CPUS_PER_TASK = '5';
    const refused = await train('gpu', 'a config.json', '1');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('not available')]);
    expect((await train('gpu', 'a config.json', '7')).exitCode).toBe(2);
    const missing = await train('gpu', 'no config.json', '1');
    expect([missing.exitCode, missing.stderr]).toEqual([
      2,
      'slurm_train.sh: there is no file no config.json',
    ]);
    env.GPUS_PER_NODE = 'four';
    const four = await train('gpu', 'a config.json', '8');
    expect([four.exitCode, four.stderr]).toEqual([
      2,
      "slurm_train.sh: GPUS_PER_NODE takes a whole number from 1, not 'four'",
    ]);
  });

  it('trains in a checkout of OpenMixup by its srun_train.sh, on one node and on two', async () => {
    const lab = new Lab({ 'in.config.ts': inOpenMixup }, cluster.env);
    cpSync(join(import.meta.dirname, '../../../libs/engines/tests/fixtures/openmixup'), lab.home, {
      recursive: true,
    });
    lab.write('behaviour.json', '{}');
    const written = await lab.mixlab('configs', '--engine=openmixup', '--out=.');
    expect(written.exitCode, written.all).toBe(0);
    const submit = (...args: string[]) => lab.bash('in/launch/slurm.sh', ...args);
    const jobs = await Promise.all([
      submit('--only=*mixup*'),
      submit('--only=*cutmix*', '--gpus-per-node=2', '--cpus-per-task=2'),
    ]);
    expect(jobs.map(({ all }) => all)).toEqual(jobs.map(() => expect.stringContaining('1 submitted')));
    await cluster.untilEmpty();
    const status = await lab.mixlab('status', '--out=.', '--work-dir=work_dirs');
    expect(status.all).toContain('in: 2 trials, 2 completed');
    const calls = lab
      .read('calls.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<'launcher' | 'gpus' | 'work_dir' | 'port', unknown>);
    const of = (method: string) => calls.filter(({ work_dir }) => String(work_dir).includes(`-${method}-`));
    expect(of('mixup').map(({ gpus }) => gpus)).toEqual(Array(4).fill('0,1,2,3'));
    expect(of('cutmix').map(({ gpus }) => gpus)).toEqual(Array(4).fill('0,1'));
    expect(new Set(calls.map(({ launcher }) => launcher))).toEqual(new Set(['slurm']));
    expect(new Set(of('cutmix').map(({ port }) => port)).size).toBe(1);
  });

  it('goes on to the weights of an undisturbed training after a signal on two nodes, and after a time limit', async () => {
    const lab = new Lab(
      Object.fromEntries(
        Object.entries(REAL).map(([name, launch]) => [`${name}.config.ts`, experiment(1, launch, name)]),
      ),
      cluster.env,
    );
    const { exitCode, all } = await lab.mixlab('configs');
    expect(exitCode, all).toBe(0);
    // In one folder the run that all of them have would be trained once.
    const workDir = (name: string) => join(lab.home, 'work_dirs of', name);
    const submit = async (name: string, ...args: string[]) => {
      const script = `generated/${name}/launch/slurm.sh`;
      const submitted = await lab.bash(script, '--work-dir', workDir(name), ...args);
      return /job (\d+): 1 trials/.exec(submitted.all)?.[1] ?? submitted.all;
    };
    const [two, limited] = await Promise.all([
      submit('two-disturbed'),
      submit('limited'),
      submit('two'),
      submit('whole', '--then=test,table'),
    ]);
    const folder = (name: string) => {
      const [run = ''] = readdirSync(join(lab.home, 'generated', name, 'configs/resnet8/vanilla'));
      return join(workDir(name), name, run.replace('.json', ''), 'trial1');
    };
    const lines = (name: string, file = 'log.jsonl') => {
      const log = join(folder(name), file);
      return existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            // The last one is empty, or being written.
            .slice(0, -1)
            .map((line) => JSON.parse(line))
        : [];
    };
    const logOf = (name: string, job?: string) =>
      readFileSync(join(workDir(name), name, `.slurm/${job}_1.log`), 'utf8');
    const isTrained = (name: string) => () => lines(name).some(({ mode }) => mode === 'val');
    const signalTwo = async () => {
      await cluster.until('an epoch is trained on two nodes', isTrained('two-disturbed'));
      await cluster.run('scancel', '--batch', '--signal=USR1', `${two}_1`);
    };
    /** Makes the time limit near, and holds the training until Slurm has sent the signal, however fast it is. */
    const reachLimit = async () => {
      const task = `JobId=${limited}_1`;
      await cluster.until('an epoch is trained', isTrained('limited'));
      const [trainer] = processesWith(folder('limited')).filter(({ command }) =>
        command.includes('mixlab.train'),
      );
      signal(trainer!.pid, 'SIGSTOP');
      await cluster.run('scontrol', 'update', task, 'TimeLimit=9');
      await cluster.until('Slurm asks', () => logOf('limited', limited).includes('SIGUSR1: '));
      signal(trainer!.pid, 'SIGCONT');
      const waits = async () => (await cluster.tasks()).includes(`${limited}_1 PENDING`);
      await cluster.until('it is queued again', waits);
      await cluster.run('scontrol', 'update', task, 'TimeLimit=60');
    };
    await Promise.all([signalTwo(), reachLimit()]);
    await cluster.untilEmpty();

    const again = /was interrupted with a checkpoint[^]*done {3}/;
    expect(logOf('two-disturbed', two)).toMatch(/2 nodes with the CPU each/);
    expect(logOf('two-disturbed', two)).toMatch(again);
    expect(logOf('limited', limited)).toMatch(again);
    const attempts = (name: string) => lines(name).filter(({ mode }) => mode === 'env');
    expect(attempts('two-disturbed').map(({ ranks }) => ranks)).toEqual([2, 2]);
    expect(attempts('limited').length).toBeGreaterThanOrEqual(2);
    expect([attempts('two').length, attempts('whole').length]).toEqual([1, 1]);
    for (const pair of [
      ['two-disturbed', 'two'],
      ['limited', 'whole'],
    ]) {
      const compared = await execa(join(lab.home, '.venv/bin/python'), ['-c', COMPARE, ...pair.map(folder)]);
      expect(compared.stdout, pair.join()).toMatch(/^\d\d+ tensors, 0 differ$/);
    }

    // What follows a training: a test of its best checkpoint, then the table.
    const [tested] = lines('whole', 'test.jsonl');
    const best = Math.max(...lines('whole').flatMap(({ mode, top1 }) => (mode === 'val' ? [top1] : [])));
    expect(tested.top1).toBeCloseTo(best, 9);
    const [table = ''] = readdirSync(join(workDir('whole'), 'whole/.slurm')).filter((name) =>
      name.endsWith('.table.log'),
    );
    const middle = lines('whole')
      .flatMap(({ mode, top1 }) => (mode === 'val' ? [top1 as number] : []))
      .sort((a, b) => a - b)[1];
    expect(readFileSync(join(workDir('whole'), 'whole/.slurm', table), 'utf8')).toMatch(
      new RegExp(`vanilla .* ${middle?.toFixed(2)}`),
    );
  });
});

/** Experiments of one run with the real trainer, and what they ask Slurm for. */
const REAL = {
  'two-disturbed': launchOf('nodesPerRun: 2'),
  two: launchOf('nodesPerRun: 2'),
  limited: launchOf('', "time: '60', signalSeconds: 600,"),
  whole: launchOf(''),
};

function launchOf(fields: string, slurm = ''): string {
  return `{ gpusPerRun: 0, ${fields}${fields && ','} slurm: { ${slurm} setup: ['export OMP_NUM_THREADS=1'] } }`;
}

const inOpenMixup = `
import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'in',
  recipe: recipes.pytorch,
  backbone: 'resnet18',
  maxEpochs: 3,
  mixMode: vary(mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: 0.2 })),
  launch: { gpusPerRun: 4 },
});
`;

const COMPARE = `
import sys, torch
one, other = (torch.load(f"{folder}/checkpoints/last.pt", weights_only=True)["model"] for folder in sys.argv[1:])
assert one.keys() == other.keys()
print(len(one), "tensors,", sum(not torch.equal(one[name], other[name]) for name in one), "differ")
`;

interface Wanted {
  readonly trials: number;
  readonly launch?: string;
}

/** An experiment of one run, and a Python on the nodes that does what a test says. */
class FakeLab extends Lab {
  readonly trials: string[] = [];

  static async make(
    cluster: SlurmCluster,
    { trials, launch = '{ gpusPerRun: 0 }' }: Wanted,
  ): Promise<FakeLab> {
    const lab = new FakeLab({ 'digits.config.ts': experiment(trials, launch) });
    const { exitCode, all } = await lab.mixlab('configs');
    expect(exitCode, all).toBe(0);
    const { runs } = JSON.parse(lab.read('generated/some/digits/plan.json'));
    for (let trial = 1; trial <= trials; trial++) lab.trials.push(`${runs[0].name}.${trial}`);
    mkdirSync(join(lab.home, 'fake'));
    copyFileSync(join(import.meta.dirname, '../fixtures/fake-python'), join(lab.home, 'fake/python'));
    lab.env = { ...lab.env, ...cluster.env, MIXLAB_PYTHON: join(lab.home, 'fake/python') };
    return lab;
  }

  /** Bash that each training runs, with `$start`, `$trial` and `status STATE`. */
  async behave(code: string): Promise<void> {
    writeFileSync(join(this.home, 'fake/behaviour'), `${code}\n`);
  }

  /** An experiment of the same runs, by the name `some/twin`. */
  async addTwin(): Promise<void> {
    const text = this.read('configs/digits.config.ts').replace("name: 'some/digits'", "name: 'some/twin'");
    this.write('configs/twin.config.ts', text);
    const { exitCode, all } = await this.mixlab('configs', '--experiment=some/twin');
    expect(exitCode, all).toBe(0);
  }

  /** Run directories of an experiment that are links. */
  linked(name: string): string[] {
    const folder = join(this.home, 'work_dirs/some', name);
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name));
  }

  submit(...args: string[]) {
    return this.bash('generated/some/digits/launch/slurm.sh', ...args);
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

const HALVED = `
import { defineExperiment, halving, recipes, sample, uniform } from '@mixlab/dsl';

export default defineExperiment({
  name: 'some/halved',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  maxEpochs: 4,
  ...sample(4, { 'optimizer.lr': uniform(0.1, 1) }),
  halving: halving({ metric: 'top1', eta: 4 }),
  launch: { gpusPerRun: 0 },
});
`;

const experiment = (trials: number, launch: string, name = 'some/digits') => `
import { defineExperiment, mix, recipes } from '@mixlab/dsl';

export default defineExperiment({
  name: '${name}',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  maxEpochs: 3,
  mixMode: mix.vanilla(),
  trials: ${trials},
  launch: ${launch},
});
`;
