import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashOf, Lab, planOf, type RunOptions, temporaryFolder } from './lab.ts';

/** As the real trainer: it leaves a run directory to the process that has it, and does nothing where all is done. */
const TRAINS = `
  mkdir -p "$directory"
  mkdir "$directory/held" 2>/dev/null || exit 3
  if ! grep -q completed "$directory/status.json" 2>/dev/null; then
    status running
    sleep 0.3
    echo "$directory" >>"$FAKE/trained"
    status completed
  fi
  rmdir "$directory/held"`;

/** Two experiments over one folder of run directories; the second has a run of its own, and names the others otherwise. */
function two(shared: readonly (string | RunOptions)[] = ['a-1', 'b-2']): { first: Lab; second: Lab } {
  const home = temporaryFolder();
  const first = new Lab(planOf('some/first', shared), home);
  const second = new Lab(planOf('second', [...shared, 'c-3']), home);
  for (const lab of [first, second]) lab.behave(TRAINS);
  return { first, second };
}

const started = (lab: Lab) => lab.timeline().filter((event) => event.startsWith('start'));

const start = (name: string) => `start ${hashOf(name).slice(0, 8)}.1`;

const isLink = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

describe('a run that two experiments have', () => {
  it('is trained once; the other experiment finds it by a relative link, and says so', async () => {
    const { first, second } = two();
    expect((await first.run()).output).not.toContain('other experiments');
    const { code, output } = await second.run();
    expect(code).toBe(0);
    expect(output).toContain(
      'trials that other experiments have, too, and that are trained once: 2, such as some/first/a-1/trial1',
    );
    expect(output).toContain('1 completed, 2 skipped, 0 failed  (TOOK)');
    expect(started(second)).toEqual([start('c-3')]);
    expect(readlinkSync(second.directory('a-1'))).toBe('../../some/first/a-1/trial1');
    expect(existsSync(join(second.directory('b-2'), 'status.json'))).toBe(true);
    expect(isLink(second.directory('c-3'))).toBe(false);
    const again = await second.run();
    expect(again.output).toContain('are trained once: 2, such as some/first/a-1/trial1');
    expect(again.output).toContain('0 completed, 3 skipped, 0 failed  (TOOK)');
  });

  it('the way back is as long as the name of the experiment that links', async () => {
    const { first, second } = two();
    await second.run();
    await first.run();
    expect(started(first)).toEqual([]);
    expect(readlinkSync(first.directory('a-1'))).toBe('../../../second/a-1/trial1');
    expect(existsSync(join(first.directory('a-1'), 'status.json'))).toBe(true);
  });

  it('a dry run tells it, and links nothing', async () => {
    const { first, second } = two();
    await first.run();
    const { output } = await second.run(['--dry-run']);
    expect(output).toContain('are trained once: 2, such as some/first/a-1/trial1');
    expect(output).toContain('skip   a-1 trial 1: completed');
    expect(output).toContain('dry run: 1 to run, 2 skipped');
    expect(existsSync(join(second.home, 'work_dirs/second'))).toBe(false);
  });

  it('is trained once where both are launched at the same moment', async () => {
    const { first, second } = two([{ name: 'a-1', trials: 3 }, 'b-2', 'd-4', 'e-5']);
    const ended = await Promise.all([first, second].map((lab) => lab.run(['-j', '2', '--wait'])));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(
      [...first.trained(), ...second.trained()].map((path) => path.replace(/.*\/(?=.*\/)/, '')).sort(),
    ).toEqual([
      'a-1/trial1',
      'a-1/trial2',
      'a-1/trial3',
      'b-2/trial1',
      'c-3/trial1',
      'd-4/trial1',
      'e-5/trial1',
    ]);
    const trials = [...[1, 2, 3].map((trial) => ['a-1', trial]), ['b-2', 1], ['d-4', 1], ['e-5', 1]] as const;
    for (const [name, trial] of trials) {
      const places = [first, second].map((lab) => lab.directory(name as string, trial as number));
      expect(places.map(isLink).sort()).toEqual([false, true]);
      for (const place of places) expect(existsSync(join(place, 'status.json'))).toBe(true);
    }
  });

  it.each(['interrupted', 'failed'])('is taken up where it was %s by the other', async (state) => {
    const { first, second } = two();
    first.behave(`status ${state}; exit 1`);
    await first.run(['-k']);
    const { output } = await second.run();
    expect(output).toContain('3 completed, 0 skipped, 0 failed  (TOOK)');
    expect(isLink(second.directory('a-1'))).toBe(true);
    expect((await first.run()).output).toContain('0 completed, 2 skipped, 0 failed  (TOOK)');
  });

  it('is trained by each where each has begun its own', async () => {
    const { first, second } = two();
    await first.run();
    second.leave(second.directory('a-1'), 'a-1', 'interrupted', 2);
    const { output } = await second.run();
    expect(output).toContain('2 completed, 1 skipped, 0 failed  (TOOK)');
    expect(isLink(second.directory('a-1'))).toBe(false);
  });

  it('is trained by each where the seeds differ', async () => {
    const home = temporaryFolder();
    const first = new Lab(planOf('first', [{ name: 'a-1', seed: 7 }]), home);
    const second = new Lab(planOf('second', ['a-1']), home);
    await first.run();
    const { output } = await second.run();
    expect(output).toContain('1 completed, 0 skipped, 0 failed  (TOOK)');
    expect(isLink(second.directory('a-1'))).toBe(false);
  });

  it('is trained again, in the place of before, where what a link led to is gone', async () => {
    const { first, second } = two();
    await first.run();
    await second.run();
    rmSync(join(second.home, 'work_dirs/some'), { recursive: true });
    const { code, output } = await second.run();
    expect(code).toBe(0);
    expect(output).toContain('2 completed, 1 skipped, 0 failed  (TOOK)');
    expect(existsSync(join(first.directory('a-1'), 'status.json'))).toBe(true);
    expect(existsSync(join(second.directory('a-1'), 'status.json'))).toBe(true);
  });

  it('is trained here where another run lies in the place of before', async () => {
    const { first, second } = two();
    await first.run();
    renameSync(first.directory('a-1'), join(first.home, 'elsewhere'));
    first.leave(first.directory('a-1'), 'another', 'completed');
    const { output } = await second.run();
    expect(output).toContain('2 completed, 1 skipped, 0 failed  (TOOK)');
    expect(isLink(second.directory('a-1'))).toBe(false);
  });

  it('is found by the other after the whole folder has moved', async () => {
    const { first, second } = two();
    await first.run();
    await second.run();
    const moved = `${second.home} moved`;
    renameSync(second.home, moved);
    mkdirSync(second.home);
    const there = new Lab(planOf('second', ['a-1', 'b-2', 'c-3']), moved);
    expect((await there.run()).output).toContain('0 completed, 3 skipped, 0 failed  (TOOK)');
    rmSync(moved, { recursive: true });
  });

  it('a try of two steps claims nothing', async () => {
    const { first, second } = two();
    await first.run(['--smoke']);
    expect(existsSync(join(first.home, 'work_dirs'))).toBe(false);
    expect((await second.run()).output).toContain('3 completed, 0 skipped, 0 failed  (TOOK)');
  });
});
