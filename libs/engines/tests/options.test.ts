import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { bash, Lab, planOf } from './lab.ts';

const twice = () => new Lab(planOf('e', [{ name: 'a-1', trials: 2 }, { name: 'a.1', trials: 2 }, 'b-2']));

function listed(lab: Lab, text: string, ...args: string[]) {
  const file = join(lab.home, 'a list');
  writeFileSync(file, text);
  return lab.run(['--list', file, ...args]);
}

it('tells all that is wrong with the options, not the first alone', async () => {
  const { code, output } = await twice().run([
    '-j0',
    '--retrys',
    '3',
    'word',
    '--max-hours=0',
    '--smoke=yes',
    '--only=',
    '--gpus',
  ]);
  expect(code).toBe(2);
  expect(output.replaceAll('local.sh: ', '').split('\n')).toEqual([
    "-j takes a whole number from 1, not '0'",
    'unknown option --retrys (did you mean --retries?); --help lists the options',
    "unexpected argument 'word'; --only GLOB selects runs",
    "--max-hours takes hours, more than 0, not '0'",
    '--smoke takes no value',
    '--only needs a value',
    '--gpus needs a value',
    '',
  ]);
});

describe('--list', () => {
  it('trains the trials that a file names, in the order of the script', async () => {
    const lab = twice();
    expect((await listed(lab, '\nb-2 1\n  a-1 2  \na-1 2\n')).code).toBe(0);
    expect(lab.calls().map((call) => call.at(-1))).toEqual(
      expect.arrayContaining([lab.directory('a-1', 2), lab.directory('b-2')]),
    );
    expect(lab.calls()).toHaveLength(2);
  });

  it('comes from the standard input as -', () => {
    const lab = twice();
    const { stdout } = execaSync(bash, [lab.script, '--list=-', '--dry-run'], {
      env: { MIXLAB_PYTHON: lab.python },
      input: 'a.1 1\n',
    });
    expect(stdout).toMatch(/run {4}a\.1 trial 1\n.*dry run: 1 to run, 0 skipped$/);
  });

  it('narrows what --only leaves, and may name nothing', async () => {
    const lab = twice();
    expect((await listed(lab, 'a-1 1\nb-2 1\n', '-n', '--only=b*')).output).toContain(
      'run    b-2 trial 1\n[TIME] dry run: 1 to run',
    );
    expect(await listed(lab, '')).toEqual({ code: 0, output: expect.stringContaining('0 completed') });
  });

  it('with what is no trial of the script starts nothing and tells every such line', async () => {
    const lab = twice();
    expect(await listed(lab, 'a-1 1\na-1 3\na_1 1\n* 1\n')).toEqual({
      code: 2,
      output: 'local.sh: --list names what is no trial of this script:\n  a-1 3\n  a_1 1\n  * 1\n',
    });
    const { code, output } = await lab.run(['--list', '/no/such/file']);
    expect([code, output]).toEqual([
      2,
      'local.sh: --list /no/such/file: there is no such file, or it cannot be read\n',
    ]);
    expect(lab.calls()).toEqual([]);
  });
});

describe('--max-hours', () => {
  it('asks what runs for a checkpoint and starts nothing more; the next start goes on', async () => {
    const lab = new Lab(planOf('e', ['a', 'b', 'c']));
    lab.behave(`
      trap 'status interrupted; exit 75' TERM
      for ((i = 0; i < 600; i++)); do sleep 0.1; done`);
    const { code, output } = await lab.run(['-j2', '--max-hours', '.0005']);
    expect(code).toBe(75);
    expect(output).toContain('time is up: waiting for 2 to write a checkpoint\n');
    expect(output).toContain('0 completed, 0 skipped, 0 failed, 2 interrupted, 1 not started');
    expect(lab.calls()).toHaveLength(2);
    lab.behave(':');
    expect((await lab.run(['--max-hours=1000'])).output).toContain('3 completed');
  });

  it('is no matter where all is completed in time', async () => {
    const lab = new Lab(planOf('e', ['a']));
    lab.behave(
      "trap 'sleep 0.3; status completed; exit 0' TERM; for ((i = 0; i < 600; i++)); do sleep 0.1; done",
    );
    const { code, output } = await lab.run(['--max-hours=0.0001']);
    expect(output).toContain('time is up');
    expect(code).toBe(0);
  });
});

it('--events tells a program what happens', async () => {
  const lab = new Lab(planOf('e', ['a', 'b', 'c', 'd']));
  lab.leave(lab.directory('a'), 'a', 'completed');
  lab.behave(`
    case $directory in
      */b/*) echo 'out of	memory'; echo; exit 1 ;;
      */c/*) [ "$start" -gt 1 ] || exit 75 ;;
      */d/*) status completed; exit 3 ;;
    esac`);
  const file = join(lab.home, 'events of it');
  expect((await lab.run(['-k', '--events', file])).code).toBe(1);
  expect(readFileSync(file, 'utf8').split('\n')).toEqual([
    'queue\tb\t1',
    'queue\tc\t1',
    'queue\td\t1',
    'settled\t1\t0',
    'slots\t1',
    'start\t1\tb\t1\tb/trial1',
    'end\t1\tb\t1\tfailed\tout of\tmemory',
    'start\t1\tc\t1\tc/trial1',
    'end\t1\tc\t1\tagain\t',
    'start\t1\tc\t1\tc/trial1',
    'end\t1\tc\t1\tcompleted\t',
    'start\t1\td\t1\td/trial1',
    'end\t1\td\t1\tskipped\t',
    '',
  ]);
  const { code, output } = await lab.run(['--events', '/no/such/folder/file']);
  expect([code, output]).toEqual([2, 'local.sh: --events: cannot write to /no/such/folder/file\n']);
});
