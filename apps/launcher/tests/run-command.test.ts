import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { planOf, write } from '@mixlab/engines/testing';
import { describe, expect, it } from 'vitest';
import { PATIENT, RunLab, until } from './run-lab.ts';

const three = () => new RunLab(planOf('digits', ['a', 'b', 'c']));

describe('mixlab run, where stdout is no terminal', () => {
  it("prints the script's own lines and ends with its exit code", async () => {
    const lab = three();
    lab.behave('echo "hello from $config"; case $config in */b.json) exit 1 ;; esac');
    const { exitCode, stdout } = await lab.mixlabRun('--experiment=digits', '--keep-going');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /start {2}a trial 1 .*\nhello from .*a\.json\n[^]*FAILED b[^]*2 completed, 0 skipped, 1 failed/,
    );
    expect(lab.launchLog()).toBe('');
  });

  it('hands every option over to the script', async () => {
    const lab = new RunLab(planOf('digits', ['a-1', 'a-2', 'b'], 1));
    lab.hasGpus(4);
    lab.behave('[ "$start" -gt 1 ] || exit 1');
    const workDir = join(lab.home, 'my runs/digits');
    lab.leave(join(workDir, 'a-2/trial1'), 'a-2', 'cancelled');
    const args = [
      '--gpus=0,1',
      '--gpus-per-run=2',
      '-j1',
      '--only=a-*',
      '--retries=1',
      '--retry-delay=0',
      '-k',
    ];
    const { exitCode } = await lab.mixlabRun(
      ...args,
      '--max-hours=1.5',
      '--resume-cancelled',
      '--work-dir=my runs',
    );
    expect(exitCode).toBe(0);
    const trainings = lab.calls().filter((call) => call[2] !== '--list-gpus');
    expect(trainings).toHaveLength(4);
    expect(trainings[0]).toEqual(expect.arrayContaining(['--gpus', '2']));
    expect(trainings.map((call) => call.at(-1))).toContain(join(workDir, 'a-1/trial1'));
    expect(lab.calls()).toContainEqual(expect.arrayContaining(['--list-gpus', '--gpu-ids', '0,1']));
  });

  it('starts nothing in a dry run, and two steps of each run with --smoke', async () => {
    const lab = three();
    expect((await lab.mixlabRun('-n')).stdout).toMatch(/run {4}c trial 1\n.*dry run: 3 to run, 0 skipped$/);
    expect(lab.calls()).toEqual([]);
    expect((await lab.mixlabRun('--smoke')).stdout).toContain('smoke test: 3 passed, 0 failed');
    expect(lab.calls().filter((call) => call.includes('--max-steps'))).toHaveLength(3);
  });

  it('trains what failed, is missing or stale, and says where there is nothing', async () => {
    const lab = new RunLab(
      planOf('digits', ['a', 'b', 'c', { name: 'd', trials: 2 }, { name: 'e', selected: false }]),
    );
    lab.leave(lab.directory('a'), 'a', 'failed');
    lab.leave(lab.directory('b'), 'b', 'completed');
    lab.leave(lab.directory('c'), 'c', 'running');
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(join(lab.directory('c'), 'status.json'), longAgo, longAgo);
    const wouldRun = async (...args: string[]) =>
      (await lab.mixlabRun('-n', ...args)).stdout.match(/(?<=run +)\S+ trial \d/g);
    expect(await wouldRun('--stale')).toEqual(['c trial 1']);
    expect(await wouldRun('--failed', '--missing', '--only=[ad]')).toEqual([
      ...['a trial 1', 'd trial 1', 'd trial 2'],
    ]);
    expect((await lab.mixlabRun('--failed', '--missing')).exitCode).toBe(0);
    expect(lab.starts()).toHaveLength(3);
    expect(await lab.before({ failed: true, missing: true })).toMatchObject({
      exitCode: 0,
      stdout: 'digits: nothing to do, no trial is failed or planned\n',
    });
  });

  it('tells all malformed options at once, and starts nothing', async () => {
    const lab = three();
    const { exitCode, stderr } = await lab.mixlabRun(
      ...[
        '-j0',
        '--retries=many',
        '--max-hours=0',
        '--only=',
        '--gpus=',
        '--retry-delay',
        '1.5',
        '--gpus-per-run=',
      ],
    );
    expect(exitCode).toBe(2);
    for (const option of ['jobs', 'retries', 'max-hours', 'only', 'gpus', 'retry-delay', 'gpus-per-run'])
      expect(stderr).toContain(`--${option}: `);
    expect(await lab.before({ detach: true, plain: true, dryRun: true })).toMatchObject({
      exitCode: 2,
      stderr:
        'mixlab run: --detach and --dry-run exclude each other\n' +
        'mixlab run: --detach and --plain exclude each other\n',
    });
    expect(lab.calls()).toEqual([]);
  });
});

describe('what was generated', () => {
  it('has to be there', async () => {
    const lab = three();
    expect(await lab.before({ experiment: ['digit'] })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('`npx mixlab configs --experiment=digit` makes it'),
    });
    rmSync(lab.script);
    expect(await lab.before({ experiment: ['digits'] })).toMatchObject({
      exitCode: 2,
      stderr:
        'mixlab run: generated/digits has no launch/local.sh; `npx mixlab configs --experiment=digits` writes it\n',
    });
  });

  it('is trained although its authored file has changed, with a warning; that file need not be there', async () => {
    const lab = three();
    expect((await lab.before({ failed: true })).stderr).toBe('');
    lab.author('// Another experiment.\n');
    expect((await lab.before({ failed: true })).stderr).toBe(
      'mixlab run: warning: configs/some.config.ts has changed since digits was generated, which is what is trained; ' +
        '`npx mixlab configs --experiment=digits` generates it anew\n',
    );
    const { exitCode, stderr } = await lab.mixlabRun();
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('warning: ')]);
    rmSync(join(lab.home, 'configs/some.config.ts'));
    expect((await lab.before({ failed: true })).stderr).toBe('');
  });

  it('is compared with what its authored file imports, and with catalogs, new ones too', async () => {
    const lab = three();
    const file = join(lab.folder, 'plan.json');
    const plan = JSON.parse(readFileSync(file, 'utf8'));
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    plan.source.imports = { 'configs/shared.ts': sha256('one'), 'configs/my_pkg.catalog.ts': sha256('one') };
    writeFileSync(file, JSON.stringify(plan));
    for (const path of Object.keys(plan.source.imports)) writeFileSync(join(lab.home, path), 'one');
    expect((await lab.before({ failed: true })).stderr).toBe('');
    mkdirSync(join(lab.home, 'configs/deep'));
    writeFileSync(join(lab.home, 'configs/deep/new.catalog.ts'), 'a catalog of another package');
    expect((await lab.before({ failed: true })).stderr).toMatch(
      /^mixlab run: warning: configs\/deep\/new.catalog.ts has changed since digits was generated/,
    );
    rmSync(join(lab.home, 'configs/deep/new.catalog.ts'));
    writeFileSync(join(lab.home, 'configs/shared.ts'), 'another');
    expect((await lab.before({ failed: true })).stderr).toMatch(
      /^mixlab run: warning: configs\/shared.ts has changed since digits was generated/,
    );
    rmSync(join(lab.home, 'configs/my_pkg.catalog.ts'));
    expect((await lab.before({ failed: true })).stderr).toMatch(
      /: configs\/shared.ts, configs\/my_pkg.catalog.ts have changed since/,
    );
  });
});

describe('several experiments', () => {
  function two(): RunLab {
    const lab = new RunLab(planOf('one', ['a', 'b']));
    write(join(lab.home, 'generated/two'), planOf('two', ['c']));
    return lab;
  }

  it('have to be named, are trained one after the other, and only one is left at work', async () => {
    const lab = two();
    expect(await lab.before({})).toMatchObject({
      exitCode: 2,
      stderr:
        "mixlab run: there are 2 experiments, one, two: --experiment says which, --experiment='**' means all\n",
    });
    expect(await lab.before({ experiment: ['*'], detach: true })).toMatchObject({
      exitCode: 2,
      stderr: 'mixlab run: --detach takes one experiment, not 2: one, two\n',
    });
    const { exitCode, stdout } = await lab.mixlabRun('--experiment=*', '-j4');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^one \(1 of 2\)\n[^]*2 completed.*\ntwo \(2 of 2\)\n[^]*1 completed/);
  });

  it('end with the first that failed, or go on with -k', async () => {
    const lab = two();
    lab.behave('case $config in */a.json) exit 1 ;; esac');
    const { exitCode, stderr } = await lab.mixlabRun('--experiment=*');
    expect([exitCode, stderr]).toEqual([1, 'mixlab run: not started: two']);
    const kept = await lab.mixlabRun('--experiment=*', '-k');
    expect(kept.exitCode).toBe(1);
    expect(kept.stdout).toContain('two (2 of 2)');
  });

  it('are not started after Ctrl-C', async () => {
    const lab = two();
    lab.behave(PATIENT);
    const running = lab.mixlabRun('--experiment=*');
    await until(() => lab.count('running') === 1);
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('mixlab run: not started: two');
  });
});

describe('a signal to mixlab run', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s asks for checkpoints, and the exit code is that of the script', async (signal, code) => {
    const lab = three();
    lab.behave(PATIENT);
    const running = lab.mixlabRun('-j2');
    await until(() => lab.count('running') === 2);
    // npx passes on what the terminal has sent to the command as well.
    running.kill(signal);
    running.kill(signal);
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(code);
    expect(stdout).toContain('0 completed, 0 skipped, 0 failed, 2 interrupted, 1 not started');
    lab.behave(':');
    expect((await lab.mixlabRun('-j2')).stdout).toContain('3 completed');
  });

  it('twice ends what runs', async () => {
    const lab = three();
    lab.behave("trap '' TERM; status running; for ((i = 0; i < 600; i++)); do sleep 0.1; done");
    const running = lab.mixlabRun('-j2');
    let shown = '';
    running.stdout.on('data', (data: Buffer) => (shown += String(data)));
    await until(() => lab.count('running') === 2);
    running.kill('SIGINT');
    await until(() => shown.includes('waiting for 2'));
    // A second signal within a second is the same one; one that comes after the script's end would end the command.
    await setTimeout(1100);
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(130);
    expect(stdout).toContain('SIGINT again: killed what was running');
    expect(lab.ends()).toEqual([]);
  });

  it('kill -9 leaves the script at work: all is trained, each trial once', async () => {
    const lab = three();
    lab.behave('status running; sleep 0.3; echo "a line to nobody"');
    const running = lab.mixlabRun();
    await until(() => lab.starts().length === 1);
    running.kill('SIGKILL');
    expect((await running).signal).toBe('SIGKILL');
    await until(() => lab.ends().length === 3);
    expect(lab.starts()).toHaveLength(3);
    await until(() => lab.count('completed') === 3);
    expect((await lab.mixlabRun()).stdout).toContain('0 completed, 3 skipped');
  });
});
