import { describe, expect, it } from 'vitest';
import type { Lab } from '../src/lab.ts';
import { processesWith, until } from '../src/processes.ts';
import { Completed, expectOneAtATime, script, scriptOf, seed, stormLab } from '../src/storm-lab.ts';
import { Storm } from '../src/storm.ts';

async function table(lab: Lab, workDir: string): Promise<string> {
  const { exitCode, all, stdout } = await lab.mixlab('table', '--format=md', `--work-dir=${workDir}`);
  expect(exitCode, all).toBe(0);
  return stdout;
}

describe.skipIf(process.platform !== 'linux')('a storm of kill -9 (processes are looked up in /proc)', () => {
  /**
   * 50 kills: 6 while PyTorch's trainer trains two trials, seconds apart, for it takes some to its first checkpoint; then
   * 44 while the light trainer does the other twelve, under real supervisors.
   */
  it(`at 50 moments of seed ${seed}: the table is that of a quiet night, and nothing was trained twice`, async () => {
    const lab = await stormLab(0, '*/cutmix/*');
    const completed = new Completed();
    const look = () => completed.look(lab.trialFolders('storm'));

    const heavy = scriptOf(lab, '--only', '*cutmix*');
    const few = new Storm(lab, [heavy], seed);
    await few.rage(6, 0, 4000, look);
    const whole = scriptOf(lab);
    const many = new Storm(lab, [whole], seed + 1);
    await many.rage(44, 0, 900, look);
    expect(await whole.finish(), lab.read('scripts.log')).toBe(0);
    if (heavy.isRunning) expect(await heavy.finish(), lab.read('scripts.log')).toBe(0);
    console.log(`seed ${seed}: killed`, few.killed, many.killed);

    look();
    expect(completed.count).toBe(14);
    for (const trial of lab.trialFolders('storm')) expectOneAtATime(trial);
    await until(() => processesWith(lab.home).length === 0, 'processes that end');
    // Nothing blocks, and nothing is left to do.
    const again = await lab.bash(script);
    expect(again.exitCode, again.all).toBe(0);
    expect(again.all).toContain('0 completed, 14 skipped, 0 failed');
    look();

    const quiet = await lab.bash(script, '--work-dir', 'quiet', '-j', '2', '--quiet');
    expect(quiet.exitCode, quiet.all).toBe(0);
    expect(await table(lab, 'work_dirs')).toBe(await table(lab, 'quiet'));
  });
});
