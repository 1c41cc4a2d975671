import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../src/lab.ts';
import { signal, until } from '../src/processes.ts';

const experiment = (name: string, epochs: number, more = '') => `
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: '${name}',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  maxEpochs: ${epochs},
  mixMode: vary(mix.vanilla(), mix.cutmix({ alpha: 1 })),
  trials: 2,
  report: medianOfLast(2),
  launch: { gpusPerRun: 0 },
  ${more}
});
`;

describe('from one typed file to a table', () => {
  const lab = new Lab({ 'digits.config.ts': experiment('digits', 3) });

  beforeAll(async () => {
    const { exitCode, all } = await lab.mixlab('configs');
    expect(exitCode, all).toBe(0);
  });

  it('trains every trial, prints mean ± std, and runs nothing twice', async () => {
    const first = await lab.bash('generated/digits/launch/local.sh', '-j', '2');
    expect(first.exitCode, first.all).toBe(0);

    const table = await lab.mixlab('table', '--experiment=digits', '--format=md');
    expect(table.stdout).toMatch(/cutmix.*\| *\d+\.\d\d ± \d+\.\d\d/);

    const logs = () =>
      trialFolders(lab, 'digits').map((trial) => readFileSync(join(trial, 'log.jsonl'), 'utf8'));
    const before = logs();
    expect(before).toHaveLength(4);
    const again = await lab.bash('generated/digits/launch/local.sh');
    expect(again.exitCode, again.all).toBe(0);
    expect(again.all).toMatch(/4 skipped/);
    expect(logs()).toEqual(before);
  });

  it('trains once what another experiment has, too, and both have it in their tables', async () => {
    const text = experiment('more', 3).replace('mix.cutmix', 'mix.mixup');
    lab.write('configs/more.config.ts', text);
    const checked = await lab.mixlab('check', 'configs/more.config.ts');
    expect(checked.stdout).toMatch(/1 run of it is in digits, too, such as resnet8-vanilla-.*: trained once/);
    const difference = await lab.mixlab('diff', '--experiment=more');
    expect(difference.stdout).toMatch(
      /^more: new, 2 added.*\n(?: {2}\+ .*\n){2} {2}2 trials of these are .*: such as digits\/resnet8-vanilla-\S+\/trial1$/,
    );
    expect((await lab.mixlab('configs', '--experiment=more')).exitCode).toBe(0);
    const { exitCode, all } = await lab.bash('generated/more/launch/local.sh', '-j', '2');
    expect(exitCode, all).toBe(0);
    expect(all).toContain('2 completed, 2 skipped, 0 failed');
    expect(states(lab, 'more')).toEqual(Array(4).fill('completed'));

    const value = async (name: string) => {
      const { stdout } = await lab.mixlab('table', `--experiment=${name}`, '--format=md');
      return /\| *vanilla *\|.*?(\d+\.\d\d ± \d+\.\d\d)/i.exec(stdout)?.[1];
    };
    expect(await value('more')).toMatch(/±/);
    expect(await value('more')).toBe(await value('digits'));
  });

  it('trains from a copied folder, whatever its name', async () => {
    const other = new Lab({});
    cpSync(join(lab.home, 'generated'), join(other.home, 'generated'), { recursive: true });
    const { runs } = JSON.parse(other.read('generated/digits/plan.json'));
    other.write('one.txt', `${runs[0].name} 1\n`);
    const { exitCode, all } = await other.bash(
      'generated/digits/launch/local.sh',
      '--list',
      join(other.home, 'one.txt'),
    );
    expect(exitCode, all).toBe(0);
    expect(states(other, 'digits')).toEqual(['completed']);
  });
});

describe('an interrupted night', () => {
  it('goes on where it stopped after SIGTERM, and after kill -9', async () => {
    const lab = new Lab({ 'long.config.ts': experiment('long', 12) });
    expect((await lab.mixlab('configs', '--mix-mode=cutmix')).exitCode).toBe(0);
    const script = 'generated/long/launch/local.sh';

    const stopped = lab.bash(script, '-j', '2');
    await untilEpoch(lab, 'long', 1);
    stopped.kill('SIGTERM');
    const { exitCode, all } = await stopped;
    expect(exitCode, all).not.toBe(0);
    expect(states(lab, 'long')).toContain('interrupted');

    const killed = lab.bash(script, '-j', '2');
    await untilEpoch(lab, 'long', 4);
    for (const trial of trialFolders(lab, 'long')) {
      signal(JSON.parse(readFileSync(join(trial, 'status.json'), 'utf8')).pid, 'SIGKILL');
    }
    killed.kill('SIGKILL');
    await killed;

    const last = await lab.bash(script, '-j', '2');
    expect(last.exitCode, last.all).toBe(0);
    expect(states(lab, 'long')).toEqual(['completed', 'completed']);
    const table = JSON.parse((await lab.mixlab('table', '--experiment=long', '--format=json')).stdout);
    expect(JSON.stringify(table)).toContain('"cutmix"');
  });
});

function trialFolders(lab: Lab, name: string): string[] {
  const work = join(lab.home, 'work_dirs', name);
  if (!existsSync(work)) return [];
  return readdirSync(work).flatMap((run) =>
    readdirSync(join(work, run)).map((trial) => join(work, run, trial)),
  );
}

function states(lab: Lab, name: string): string[] {
  return trialFolders(lab, name).map(
    (trial) => JSON.parse(readFileSync(join(trial, 'status.json'), 'utf8')).state,
  );
}

/** Waits until every trial has logged an evaluation of that epoch. */
async function untilEpoch(lab: Lab, name: string, epoch: number): Promise<void> {
  const reached = (trial: string) => {
    const log = join(trial, 'log.jsonl');
    const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
    return lines.map((line) => JSON.parse(line)).some((line) => line.mode === 'val' && line.epoch >= epoch);
  };
  await until(() => {
    const trials = trialFolders(lab, name);
    return trials.length === 2 && trials.every(reached);
  }, `epoch ${epoch} of both trials`);
}
