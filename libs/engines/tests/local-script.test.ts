import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lab, planOf, temporaryFolder } from './lab.ts';

const three = () => new Lab(planOf('quickstart/digits', ['a-1', 'b-2', 'c-3']));

describe('bash local.sh', () => {
  it('trains every trial and says so', async () => {
    const lab = new Lab(planOf('e', [{ name: 'a-1', trials: 2 }, 'b-2']));
    lab.behave(`
      mkdir -p "$directory"
      printf '{"mode": "val", "epoch": %s, "top1": %s}\\n' 1 88.00 2 93.2476 >"$directory/log.jsonl"
      echo "epoch 1"`);
    expect(await lab.run()).toEqual({
      code: 0,
      output: [
        '[TIME] start  a-1 trial 1  (1 of 3, slot 1)',
        'epoch 1',
        '[TIME] done   a-1 trial 1  TOOK  top-1 93.25',
        '[TIME] start  a-1 trial 2  (2 of 3, slot 1)',
        'epoch 1',
        '[TIME] done   a-1 trial 2  TOOK  top-1 93.25',
        '[TIME] start  b-2 trial 1  (3 of 3, slot 1)',
        'epoch 1',
        '[TIME] done   b-2 trial 1  TOOK  top-1 93.25',
        '[TIME] 3 completed, 0 skipped, 0 failed  (TOOK)',
        '',
      ].join('\n'),
    });
    expect(lab.calls()).toContainEqual([
      '-m',
      'mixlab.launch',
      join(lab.folder, 'configs/a-1.json'),
      '--trial',
      '2',
      '--gpus',
      '0',
      '--run-dir',
      lab.directory('a-1', 2),
    ]);
  });

  it('runs -j trials at a time, the next when one ends', async () => {
    const lab = new Lab(planOf('e', ['a', 'b', 'c', 'd', 'e', 'f', 'g']));
    lab.behave('sleep 0.2; echo "hello from $trial"');
    const { code, output } = await lab.run(['-j', '3']);
    expect(code).toBe(0);
    expect(lab.mostAtATime()).toBe(3);
    expect(lab.timeline()).toHaveLength(14);
    for (const slot of [1, 2, 3]) expect(output).toContain(`[slot ${slot}] hello from 1`);
  });

  it('starts no Python for what is completed', async () => {
    const lab = three();
    lab.leave(lab.directory('a-1'), 'a-1', 'completed');
    expect(await lab.run()).toMatchObject({
      code: 0,
      output: expect.stringContaining('2 completed, 1 skipped'),
    });
    expect(await lab.run()).toEqual({ code: 0, output: '[TIME] 0 completed, 3 skipped, 0 failed  (TOOK)\n' });
    expect(lab.calls()).toHaveLength(2);
  });

  it.each([
    ['by another name', 'renamed-1', 'a-1', 'completed', 0],
    ['of another run of its name', 'a-1', 'other', 'completed', 1],
    ['interrupted', 'a-1', 'a-1', 'interrupted', 1],
    ['failed', 'a-1', 'a-1', 'failed', 1],
    ['running, as after kill -9', 'a-1', 'a-1', 'running', 1],
  ])('knows a run directory by the hash in it: %s', async (_, folder, name, state, calls) => {
    const lab = new Lab(planOf('e', ['a-1']));
    lab.leave(lab.directory(folder), name, state);
    expect((await lab.run()).code).toBe(0);
    expect(lab.calls()).toHaveLength(calls);
  });

  it('goes on in the run directory that a renamed run has already', async () => {
    const lab = new Lab(planOf('e', ['new-name']));
    lab.leave(lab.directory('old-name'), 'new-name', 'interrupted');
    await lab.run();
    expect(lab.calls()[0]?.at(-1)).toBe(lab.directory('old-name'));
  });

  it('gets along with a status.json that is empty or not one', async () => {
    const lab = three();
    for (const [name, text] of [
      ['a-1', ''],
      ['b-2', '\0\0\n"hash": "'],
      ['c-3', '{"state": "completed"}'],
    ] as const) {
      mkdirSync(lab.directory(name), { recursive: true });
      writeFileSync(join(lab.directory(name), 'status.json'), text);
    }
    expect((await lab.run()).code).toBe(0);
    expect(lab.calls()).toHaveLength(3);
  });

  it('leaves cancelled trials alone until they are asked for', async () => {
    const lab = three();
    lab.leave(lab.directory('b-2'), 'b-2', 'interrupted');
    const requests = ['b-2', 'c-3'].map((name) => join(lab.directory(name), 'cancel'));
    mkdirSync(lab.directory('c-3'), { recursive: true });
    for (const request of requests) writeFileSync(request, '');
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('skip   b-2 trial 1: cancelled; --resume-cancelled takes it up\n');
    expect(output).toContain('skip   c-3 trial 1: cancelled; --resume-cancelled takes it up\n');
    expect(output).toContain('1 completed, 2 skipped');
    const dry = await lab.run(['--resume-cancelled', '--dry-run']);
    expect(dry.output).toContain('dry run: 2 to run, 1 skipped');
    expect(requests.map((request) => existsSync(request))).toEqual([true, true]);
    expect((await lab.run(['--resume-cancelled'])).output).toContain('2 completed, 1 skipped');
    expect(requests.map((request) => existsSync(request))).toEqual([false, false]);
  });

  it('a trial whose last attempt was cancelled is left alone until it is asked for', async () => {
    const lab = three();
    lab.leave(lab.directory('b-2'), 'b-2', 'cancelled');
    expect((await lab.run()).output).toContain(
      'skip   b-2 trial 1: cancelled; --resume-cancelled takes it up\n',
    );
    expect((await lab.run(['--resume-cancelled'])).output).toContain('1 completed, 2 skipped');
  });

  it('a trial that is cancelled after the script took it up again stays cancelled', async () => {
    const lab = three();
    const request = join(lab.directory('b-2'), 'cancel');
    mkdirSync(lab.directory('b-2'), { recursive: true });
    writeFileSync(request, '');
    lab.behave(`case $directory in */a-1/*) : >"${request}" ;; esac`);
    const { output } = await lab.run(['--resume-cancelled']);
    expect(output).toContain('skip   b-2 trial 1: cancelled');
    expect(output).toContain('2 completed, 1 skipped');
  });

  it('finishes what runs and starts nothing more after a failure', async () => {
    const lab = new Lab(planOf('e', ['a', 'b', 'c', 'd']));
    lab.behave(`
      mkdir -p "$directory/attempts"
      case $directory in
        */b/*) echo 'the reason' >"$directory/attempts/1.log"; exit 1 ;;
        *) sleep 0.5 ;;
      esac`);
    const { code, output } = await lab.run(['-j2']);
    expect(code).toBe(1);
    expect(output).toContain('FAILED b trial 1  TOOK  exit code 1\n  | the reason\n');
    expect(output).toContain('no further trial is started; -k goes on after a failure');
    expect(output).toContain(
      '1 completed, 0 skipped, 1 failed, 2 not started  (TOOK)\n' +
        `  b trial 1 failed with exit code 1, see ${lab.directory('b')}/attempts/1.log\n`,
    );
    expect(lab.timeline().filter((event) => event.startsWith('start'))).toHaveLength(2);
  });

  it('goes on after a failure with -k', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) exit 1 ;; esac');
    const { code, output } = await lab.run(['-k']);
    expect(code).toBe(1);
    expect(output).toContain('2 completed, 0 skipped, 1 failed');
  });

  it('retries what failed, and each retry waits longer', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) [ "$start" -gt 2 ] || exit 137 ;; esac');
    const { code, output } = await lab.run(['--retries', '2', '--retry-delay=1']);
    expect(code).toBe(0);
    expect(output).toContain('again  b-2 trial 1  retry 1 of 2 in 1 s');
    expect(output).toContain('again  b-2 trial 1  retry 2 of 2 in 2 s');
    // The others do not wait for it.
    expect(output.indexOf('done   c-3')).toBeLessThan(output.indexOf('done   b-2'));
  });

  it('gives up after the last retry', async () => {
    const lab = new Lab(planOf('e', ['a']));
    lab.behave('exit 9');
    const { code, output } = await lab.run(['--retries=2', '--retry-delay=0']);
    expect(code).toBe(1);
    expect(output).toContain('a trial 1 failed 3 times, the last time with exit code 9');
    expect(lab.calls()).toHaveLength(3);
  });

  it('never retries a bad config', async () => {
    const lab = new Lab(planOf('e', ['a']));
    lab.behave('exit 2');
    expect((await lab.run(['--retries=5', '--retry-delay=0'])).code).toBe(1);
    expect(lab.calls()).toHaveLength(1);
  });

  it('starts again what was interrupted, without using up a retry', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) [ "$start" -gt 3 ] || exit 75 ;; esac');
    const { code, output } = await lab.run(['--retry-delay=0']);
    expect(code).toBe(0);
    expect(output).toContain('3 completed, 0 skipped, 0 failed');
    expect(lab.calls()).toHaveLength(6);
  });

  it('does not go round in circles with what is interrupted again and again', async () => {
    const lab = new Lab(planOf('e', ['a']));
    lab.behave('exit 75');
    const { code, output } = await lab.run(['--retry-delay=0']);
    expect(code).toBe(1);
    expect(output).toContain('a trial 1 was interrupted 6 times in a row');
    expect(lab.calls()).toHaveLength(6);

    const slow = new Lab(planOf('e', ['a']));
    slow.behave('status interrupted "$start"; [ "$start" -gt 8 ] || exit 75');
    expect((await slow.run(['--retry-delay=0'])).output).toContain('1 completed, 0 skipped, 0 failed');
    expect(slow.calls()).toHaveLength(9);
  });

  it('does not start again what was cancelled while it ran', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) status cancelled; : >"$directory/cancel"; exit 75 ;; esac');
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('skip   b-2 trial 1: cancelled');
    expect(lab.calls()).toHaveLength(3);
  });

  it('goes on when a trainer and its whole process group are killed', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) kill -9 0 ;; esac');
    const { code, output } = await lab.run(['-k']);
    expect(code).toBe(1);
    expect(output).toContain('FAILED b-2 trial 1  TOOK  exit code 137');
    expect(output).toContain('2 completed, 0 skipped, 1 failed');
  });

  it('says what it would do in a dry run, and starts nothing', async () => {
    const lab = three();
    lab.leave(lab.directory('a-1'), 'a-1', 'completed');
    expect(await lab.run(['--dry-run'])).toEqual({
      code: 0,
      output: [
        '[TIME] skip   a-1 trial 1: completed',
        '[TIME] run    b-2 trial 1',
        '[TIME] run    c-3 trial 1',
        '[TIME] dry run: 2 to run, 1 skipped',
        '',
      ].join('\n'),
    });
    expect(lab.calls()).toEqual([]);
    expect(existsSync(lab.directory('b-2'))).toBe(false);
  });

  it('selects runs by name', async () => {
    const lab = new Lab(planOf('e', ['resnet18-cutmix-1', 'resnet18-mixup-2', 'resnet50-cutmix-3']));
    const selected = async (...args: string[]) => (await lab.run(['-n', ...args])).output.match(/run +\S+/g);
    expect(await selected('--only', '*cutmix*')).toEqual([
      'run    resnet18-cutmix-1',
      'run    resnet50-cutmix-3',
    ]);
    expect(await selected('--only=resnet50*', '--only=*mixup*')).toEqual([
      'run    resnet18-mixup-2',
      'run    resnet50-cutmix-3',
    ]);
    const { code, output } = await lab.run(['--only', 'nothing']);
    expect(code).toBe(2);
    expect(output).toBe(
      'local.sh: no run has a name that --only matches; there are\n' +
        '  resnet18-cutmix-1\n  resnet18-mixup-2\n  resnet50-cutmix-3\n',
    );
  });

  it('tries two steps of every run with --smoke, and marks nothing as completed', async () => {
    const lab = new Lab(planOf('e', [{ name: 'a', trials: 3 }, { name: 'b', trials: 2 }, 'c']));
    lab.leave(lab.directory('c'), 'c', 'completed');
    lab.behave('case $config in */b.json) echo "no such file"; exit 1 ;; esac');
    const { code, output } = await lab.run(['--smoke']);
    expect(code).toBe(1);
    expect(output).toContain('pass   a  TOOK');
    expect(output).toContain('no such file\n[TIME] FAILED b trial 1');
    expect(output).toContain('pass   c  TOOK');
    expect(output).toContain('smoke test: 2 passed, 1 failed');
    for (const call of lab.calls()) {
      expect(call.join(' ')).toContain('--max-steps 2');
      expect(call).not.toContain('--run-dir');
    }
    expect(existsSync(lab.directory('a'))).toBe(false);
  });

  it.each([
    [['--retrys', '3'], 'unknown option --retrys (did you mean --retries?); --help lists the options'],
    [['-x'], 'unknown option -x; --help lists the options'],
    [['--what=1'], 'unknown option --what; --help lists the options'],
    [['-j', '0'], "-j takes a whole number from 1, not '0'"],
    [['--jobs=two'], "--jobs takes a whole number from 1, not 'two'"],
    [['--retries', '-1'], "--retries takes a whole number from 0, not '-1'"],
    [['-j'], '-j needs a value'],
    [['--only='], '--only needs a value'],
    [['--smoke=yes'], '--smoke takes no value'],
    [['cutmix'], "unexpected argument 'cutmix'; --only GLOB selects runs"],
    [['--gpus', '2'], '--gpus 2: there are 0; --gpus 0 trains on the CPU', 1],
    [['--gpus=x'], '--gpus x: a trial takes no GPU here; --gpus-per-run says how many it gets'],
  ])('refuses %j', async (args, message, gpusPerRun = 0) => {
    const lab = new Lab(planOf('e', ['a'], gpusPerRun));
    expect(await lab.run(args)).toEqual({ code: 2, output: `local.sh: ${message}\n` });
  });

  it('says that there is no Python', async () => {
    const { code, output } = await three().run([], { env: { MIXLAB_PYTHON: '/no/such/python' } });
    expect(code).toBe(2);
    expect(output).toBe(
      'local.sh: there is no /no/such/python; set MIXLAB_PYTHON to the Python that trains\n',
    );
  });

  it('says once that the Python has no library to train with', async () => {
    const lab = three();
    const { code, output } = await lab.run([], { env: { MIXLAB_PYTHON: 'false' } });
    expect(code).toBe(2);
    expect(output).toBe(
      'local.sh: false has no package mixlab; install it there, or set MIXLAB_PYTHON to the Python that trains\n',
    );
    expect(lab.calls()).toEqual([]);
  });

  it('describes every option', async () => {
    const { code, output } = await three().run(['--help']);
    expect(code).toBe(0);
    expect(output).toMatchSnapshot();
  });
});

describe('GPUs', () => {
  const lab = (gpusPerRun: number, present: number) => {
    const made = new Lab(planOf('e', ['a', 'b', 'c', 'd', 'e'], gpusPerRun));
    made.hasGpus(present);
    made.behave('sleep 0.2');
    return made;
  };
  const trainings = (of: Lab) => of.calls().filter((call) => call[2] !== '--list-gpus');

  it('are shared out, as many to a trial as the experiment says', async () => {
    const eight = lab(4, 8);
    expect((await eight.run()).code).toBe(0);
    expect(eight.mostAtATime()).toBe(2);
    const ids = Array.from({ length: 8 }, (_, gpu) => `GPU-${gpu}`).join(',');
    for (const call of trainings(eight)) {
      expect(call.slice(5, 10)).toEqual(['--gpus', '4', '--claim', '--gpu-ids', ids]);
    }
  });

  it('can be fewer: a number of them, or a list', async () => {
    const some = lab(1, 8);
    await some.run(['--gpus', '2']);
    expect(some.mostAtATime()).toBe(2);
    expect(trainings(some)[0]).toContain('GPU-0,GPU-1');
    const listed = lab(1, 3);
    await listed.run(['--gpus=5,6,7']);
    expect(listed.calls()).toContainEqual(['-m', 'mixlab.launch', '--list-gpus', '--gpu-ids', '5,6,7']);
    expect(listed.mostAtATime()).toBe(3);
  });

  it('leave room for -j', async () => {
    const eight = lab(2, 8);
    await eight.run(['-j', '3']);
    expect(eight.mostAtATime()).toBe(3);
    const two = lab(1, 2);
    await two.run(['-j', '8']);
    expect(two.mostAtATime()).toBe(2);
  });

  it('too few for a trial are told, with what to do', async () => {
    expect(await lab(4, 2).run()).toEqual({
      code: 2,
      output: 'local.sh: a trial takes 4 GPUs and 2 may be used; --gpus-per-run 2 trains it on fewer\n',
    });
    const fewer = lab(4, 2);
    expect((await fewer.run(['--gpus-per-run', '2'])).code).toBe(0);
    expect(trainings(fewer)[0]?.slice(5, 7)).toEqual(['--gpus', '2']);
  });

  it('that are not there mean the CPU', async () => {
    const none = lab(4, 0);
    const { code, output } = await none.run();
    expect(code).toBe(0);
    expect(output).toContain('no GPU here: training on the CPU');
    expect(none.mostAtATime()).toBe(1);
    expect(trainings(none)[0]?.slice(5, 7)).toEqual(['--gpus', '0']);
  });

  it('are not asked for when all is completed, nor with --gpus 0', async () => {
    const cpu = lab(4, 8);
    expect((await cpu.run(['--gpus', '0', '-j5'])).code).toBe(0);
    await cpu.run();
    expect(cpu.calls()).toHaveLength(5);
    expect(cpu.mostAtATime()).toBe(5);
  });
});

describe('the place of the scripts', () => {
  it('may be any, and they may be called from any', async () => {
    const parent = join(temporaryFolder(), `it's a $(touch pwned) \`touch pwned\` "folder"\n`);
    mkdirSync(parent);
    const lab = new Lab(planOf('imagenet/pytorch-style', ['a-1']), parent);
    for (const cwd of ['/', parent, lab.folder, join(lab.folder, 'launch')]) {
      expect((await lab.run([], { cwd })).code).toBe(0);
    }
    expect(lab.calls()).toHaveLength(1);
    expect(lab.calls()[0]).toContain(join(lab.folder, 'configs/a-1.json'));
    expect(lab.calls()[0]?.at(-1)).toBe(join(parent, 'work_dirs/imagenet/pytorch-style/a-1/trial1'));
    expect(existsSync(join(parent, 'pwned'))).toBe(false);
  });

  it('may change: a copy trains where it lies', async () => {
    const lab = new Lab(planOf('imagenet/pytorch-style', ['a-1']));
    const other = temporaryFolder();
    const whole = join(other, 'my configs/imagenet/pytorch-style');
    const alone = join(other, 'alone');
    cpSync(lab.folder, whole, { recursive: true });
    cpSync(lab.folder, alone, { recursive: true });
    for (const [folder, home] of [
      [whole, other],
      [alone, alone],
    ] as const) {
      expect((await lab.run([], { script: join(folder, 'launch/local.sh') })).code).toBe(0);
      const directory = join(home, 'work_dirs/imagenet/pytorch-style/a-1/trial1');
      expect(existsSync(join(directory, 'status.json'))).toBe(true);
    }
    expect(existsSync(join(lab.home, 'work_dirs'))).toBe(false);
  });

  it('is told to the trainer, which does not take Python from the current folder', async () => {
    const lab = three();
    await lab.run(['-j', '2']);
    for (const environment of lab.environments()) {
      expect(environment).toMatch(new RegExp(`^unset \\d+ 1 ${lab.home}$`));
    }
    const elsewhere = temporaryFolder();
    await lab.run(['--work-dir', 'runs'], {
      cwd: elsewhere,
      env: { MIXLAB_HOME: '/srv', OMP_NUM_THREADS: '7' },
    });
    expect(existsSync(join(elsewhere, 'runs/quickstart/digits/a-1/trial1/status.json'))).toBe(true);
    expect(lab.environments()).toContain('unset 7 1 /srv');
    await lab.run([], { env: { MIXLAB_WORK_DIR: join(elsewhere, 'more') } });
    expect(existsSync(join(elsewhere, 'more/quickstart/digits/a-1/trial1/status.json'))).toBe(true);
  });
});

describe('whatever the names', () => {
  const nasty = fc.constantFrom(
    "'",
    '"',
    '$(touch pwned)',
    '`touch pwned`',
    '\\',
    '\n',
    ' ',
    ';',
    '&',
    '*',
    '~',
    '-',
    '🙂',
  );
  const part = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'grapheme-composite', maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join('').replaceAll(/[\0/]/g, ''))
    .filter((text) => text !== '' && text !== '.' && text !== '..' && Buffer.byteLength(text) < 80);

  it('the exact arguments arrive, and nothing is executed', async () => {
    await fc.assert(
      fc.asyncProperty(
        part,
        part,
        fc.uniqueArray(part, { minLength: 1, maxLength: 3 }),
        async (home, folder, names) => {
          const parent = join(temporaryFolder(), home);
          mkdirSync(parent);
          const runs = names.map((name, index) => ({
            name,
            configPath: `configs/${folder}/${index} ${name}.json`,
          }));
          const lab = new Lab(planOf(`${folder}/${home}`, runs), parent);
          const { code, output } = await lab.run(['-j', '3'], { cwd: lab.fake });
          expect(code, output).toBe(0);
          const expected = runs.map(({ name, configPath }) => [
            ...[
              '-m',
              'mixlab.launch',
              `${lab.folder}/${configPath}`,
              '--trial',
              '1',
              '--gpus',
              '0',
              '--run-dir',
            ],
            `${lab.home}/work_dirs/${lab.experiment}/${name}/trial1`,
          ]);
          expect(lab.calls().sort()).toEqual(expected.sort());
          // And what they completed is found again.
          expect((await lab.run()).output).toContain(`0 completed, ${names.length} skipped`);
          for (const place of [lab.fake, lab.home, lab.folder])
            expect(existsSync(join(place, 'pwned'))).toBe(false);
        },
      ),
      { numRuns: 25 },
    );
  });
});
