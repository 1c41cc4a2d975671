import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openmixupEngine } from '@mixlab/engines';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { bash, hashOf, planOf, temporaryFolder, write, type RunOptions } from './lab.ts';

interface Call {
  readonly work_dir: string;
  readonly resume_from: string | null;
  readonly seed: number;
  readonly first: number;
  readonly port: number;
  readonly gpus: string;
}

/** A checkout of OpenMixup, as far as scripts see of it, with a generated experiment. */
class Checkout {
  readonly home: string;
  readonly #experiment: string;

  constructor(
    runs: readonly (string | RunOptions)[],
    gpusPerRun = 1,
    experiment = 'in/mixups',
    name = 'checkout',
  ) {
    this.home = join(temporaryFolder(), name);
    this.#experiment = experiment;
    cpSync(fileURLToPath(new URL('fixtures/openmixup', import.meta.url)), this.home, { recursive: true });
    this.behave({});
    const plan = planOf(experiment, runs, gpusPerRun);
    const config = { runner: { type: 'EpochBasedRunner', max_epochs: 3 }, seed: 7 };
    const planned = { ...plan, runs: () => [...plan.runs()].map((run) => ({ ...run, config })) };
    write(join(this.home, experiment), planned, openmixupEngine());
  }

  behave(behaviour: Readonly<Record<string, number | boolean>>): void {
    writeFileSync(join(this.home, 'behaviour.json'), JSON.stringify(behaviour));
  }

  directory(name: string, trial = 1): string {
    return join(this.home, 'work_dirs', this.#experiment, name, `trial${trial}`);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = execa(bash, [join(this.home, this.#experiment, 'launch/local.sh'), ...args], {
      cwd: '/',
      detached: true,
      env: {
        PATH: process.env['PATH'] ?? '',
        MIXLAB_PYTHON: 'python3',
        MIXLAB_GPU_CLAIMS: join(this.home, 'claims'),
        ...env,
      },
      extendEnv: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      buffer: false,
      reject: false,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    const finished = once(child, 'close').then(([code]) => ({ code: code as number, output }));
    return { pid: child.pid as number, finished };
  }

  run(args: readonly string[] = ['--gpus', '0,'], env?: Readonly<Record<string, string>>) {
    return this.start(args, env).finished;
  }

  calls(): Call[] {
    const file = join(this.home, 'calls.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Call);
  }
}

describe('local.sh over a checkout of OpenMixup', () => {
  it('trains each trial with a seed and a folder of its own, and skips what is done', async () => {
    const checkout = new Checkout([{ name: 'a-1', trials: 3 }, 'b-2']);
    const { code, output } = await checkout.run();
    expect(output).toContain('done   a-1 trial 3');
    expect(output).toContain('top-1 64.68');
    expect(output).toContain('4 completed, 0 skipped, 0 failed');
    expect(code).toBe(0);
    const calls = checkout.calls();
    expect(calls.map(({ seed }) => seed)).toEqual([7, 8, 9, 7]);
    expect(calls.map(({ work_dir }) => work_dir)).toEqual([
      'work_dirs/in/mixups/a-1/trial1',
      'work_dirs/in/mixups/a-1/trial2',
      'work_dirs/in/mixups/a-1/trial3',
      'work_dirs/in/mixups/b-2/trial1',
    ]);
    // The log alone tells, too: somebody else may have trained there.
    rmSync(join(checkout.directory('b-2'), 'status.json'));
    rmSync(join(checkout.directory('b-2'), 'epoch_3.pth'));
    expect((await checkout.run()).output).toContain('0 completed, 4 skipped');
    expect(checkout.calls()).toHaveLength(4);
  });

  it('gives runs that share a host GPUs and ports of their own', async () => {
    const checkout = new Checkout(['a', 'b', 'c', 'd'], 2);
    checkout.behave({ seconds: 0.1 });
    expect((await checkout.run([], { CUDA_VISIBLE_DEVICES: '4,5,6,7' })).code).toBe(0);
    const calls = checkout.calls();
    expect(new Set(calls.map(({ gpus }) => gpus))).toEqual(new Set(['4,5', '6,7']));
    expect(calls[0]?.port).not.toBe(calls[1]?.port);
  });

  it('goes on from latest.pth when it is started again after Ctrl-C', async () => {
    const checkout = new Checkout(['a']);
    checkout.behave({ seconds: 0.4 });
    const { pid, finished } = checkout.start(['--gpus', '0,']);
    await expect
      .poll(() => existsSync(join(checkout.directory('a'), 'latest.pth')), { timeout: 120_000 })
      .toBe(true);
    process.kill(-pid, 'SIGINT');
    expect(await finished).toMatchObject({ code: 130, output: expect.stringContaining('1 interrupted') });
    checkout.behave({});
    expect((await checkout.run()).output).toContain('1 completed, 0 skipped, 0 failed');
    const [first, second] = checkout.calls();
    expect(first).toMatchObject({ first: 1, resume_from: null });
    expect(second).toMatchObject({ resume_from: 'work_dirs/in/mixups/a/trial1/latest.pth' });
    expect(second?.first).toBeGreaterThan(1);
  });

  it('ends when it is cancelled, and stays so until that is taken back', async () => {
    const checkout = new Checkout(['a', 'b']);
    checkout.behave({ seconds: 0.5 });
    const { finished } = checkout.start(['--gpus', '0,']);
    await expect
      .poll(() => existsSync(join(checkout.directory('a'), 'latest.pth')), { timeout: 120_000 })
      .toBe(true);
    writeFileSync(join(checkout.directory('a'), 'cancel'), '');
    const { code, output } = await finished;
    expect(output).toContain('skip   a trial 1: cancelled; --resume-cancelled takes it up');
    expect(output).toContain('1 completed, 1 skipped, 0 failed');
    expect(code).toBe(0);
    expect(statusIn(checkout.directory('a'))).toMatchObject({ state: 'cancelled', exitCode: 3 });
    checkout.behave({});
    expect((await checkout.run()).output).toContain('0 completed, 2 skipped');
    const again = await checkout.run(['--gpus', '0,', '--resume-cancelled']);
    expect(again.output).toContain('1 completed, 1 skipped');
    expect(checkout.calls().at(-1)?.resume_from).toBe('work_dirs/in/mixups/a/trial1/latest.pth');
  });

  it('waits for GPUs that another script on the machine has claimed', async () => {
    const [one, other] = [new Checkout(['a']), new Checkout(['b'])];
    one.behave({ seconds: 0.7 });
    const claims = { MIXLAB_GPU_CLAIMS: join(one.home, 'claims') };
    const first = one.start(['--gpus', '0,1'], claims);
    await expect.poll(() => one.calls().length, { timeout: 120_000 }).toBe(1);
    const beside = await other.run(['--gpus', '0,1'], claims);
    expect(beside.output).toContain('1 completed');
    expect(other.calls().map(({ gpus }) => gpus)).toEqual(['1']);
    rmSync(join(other.home, 'work_dirs'), { recursive: true });
    const after = await other.run(['--gpus', '0,'], claims);
    expect(after.output).toContain('waiting for 1 of 1 GPUs to become free');
    expect(after.output).toContain('1 completed');
    expect(existsSync(join(one.directory('a'), 'epoch_3.pth'))).toBe(true);
    expect((await first.finished).code).toBe(0);
  });

  it('leaves a training alone that outlived its script', async () => {
    const checkout = new Checkout(['a']);
    checkout.behave({ seconds: 0.5 });
    const { pid, finished } = checkout.start(['--gpus', '0,']);
    await expect.poll(() => checkout.calls().length, { timeout: 120_000 }).toBe(1);
    process.kill(pid, 'SIGKILL');
    expect((await checkout.run()).output).toContain('1 trained elsewhere');
    await finished;
    expect((await checkout.run()).output).toContain('0 completed, 1 skipped, 0 failed');
    expect(checkout.calls()).toHaveLength(1);
  });

  it('takes over from one that died with its lock', async () => {
    const checkout = new Checkout(['a']);
    mkdirSync(checkout.directory('a'), { recursive: true });
    writeFileSync(join(checkout.directory('a'), 'script.lock'), `${hostname()} ${2 ** 22 + 1} \n`);
    expect((await checkout.run()).output).toContain('1 completed, 0 skipped, 0 failed');
  });

  it('leaves a run to the script that trains it', async () => {
    const checkout = new Checkout(['a']);
    checkout.behave({ seconds: 0.5 });
    const first = checkout.start(['--gpus', '0,']);
    await expect.poll(() => checkout.calls().length, { timeout: 120_000 }).toBe(1);
    expect((await checkout.run(['--gpus', '1,'])).output).toContain('1 trained elsewhere');
    expect((await first.finished).code).toBe(0);
    expect(checkout.calls()).toHaveLength(1);
  });

  it('retries what fails, from its last checkpoint', async () => {
    const checkout = new Checkout(['a']);
    checkout.behave({ fail: 2 });
    const { code, output } = await checkout.run(['--gpus', '0,', '--retries', '1', '--retry-delay', '0']);
    expect(code).toBe(1);
    expect(output).toContain('CUDA out of memory');
    expect(output).toContain('failed 2 times');
    expect(checkout.calls().map(({ first }) => first)).toEqual([1, 2]);
  });

  it('exit code 0 without the last epoch in the log is a failure', async () => {
    const checkout = new Checkout(['a']);
    checkout.behave({ exits_early: 2 });
    const { code, output } = await checkout.run();
    expect(code).toBe(1);
    expect(output).toContain('its log has no epoch 3');
  });

  it('a config that does not evaluate its last epoch is done all the same', async () => {
    const checkout = new Checkout(['a']);
    checkout.behave({ no_evaluation: 3, no_checkpoint: true });
    expect((await checkout.run()).output).toContain('1 completed');
    expect((await checkout.run()).output).toContain('1 skipped');
  });

  it.each([
    [['--gpus', '0,', '--smoke'], '--smoke is not there for OpenMixup'],
    [['--gpus', '0,1', '--gpus-per-run', '2'], 'its batch is shared by 1 GPUs'],
    [[], 'no GPU here, and none is named'],
  ])('%j is refused before anything trains', async (args, message) => {
    const checkout = new Checkout(['a']);
    const { code, output } = await checkout.run(args, { PATH: pathWithout('nvidia-smi') });
    expect(output).toContain(message);
    expect(code).toBeGreaterThan(0);
    expect(checkout.calls()).toEqual([]);
  });

  it('paths with blanks, at which its scripts split, reach it by other names', async () => {
    const checkout = new Checkout(['a'], 1, 'in/mixups', 'a check out');
    const other = new Checkout([], 1, 'in/mixups', 'another one');
    const workDir = join(checkout.home, 'my runs');
    expect((await checkout.run()).output).toContain('1 completed');
    const elsewhere = ['--gpus', '0,', '--work-dir', workDir];
    expect((await checkout.run(elsewhere, { OPENMIXUP_HOME: other.home })).output).toContain('1 completed');
    expect(existsSync(join(workDir, 'in/mixups/a/trial1/epoch_3.pth'))).toBe(true);
    expect([...checkout.calls(), ...other.calls()].map(({ work_dir }) => work_dir)).toEqual([
      'work_dirs/in/mixups/a/trial1',
      `work_dirs/.links/${hashOf('a')}.trial1`,
    ]);
  });

  it('without a checkout around it says which variable names one', async () => {
    const checkout = new Checkout(['a']);
    rmSync(join(checkout.home, 'tools'), { recursive: true });
    const { code, output } = await checkout.run();
    expect(output).toContain('OPENMIXUP_HOME names it');
    expect(code).toBe(2);
    const other = new Checkout([]);
    expect((await checkout.run(['--gpus', '0,'], { OPENMIXUP_HOME: other.home })).code).toBe(0);
    expect(other.calls()).toHaveLength(1);
  });
});

function statusIn(directory: string): unknown {
  return JSON.parse(readFileSync(join(directory, 'status.json'), 'utf8'));
}

/** The PATH without the folders that hold a program. */
function pathWithout(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.filter((folder) => !existsSync(join(folder, program))).join(':');
}
