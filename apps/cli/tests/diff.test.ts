import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { planSchema } from '@mixlab/contracts';
import type { PlanRun, Status } from '@mixlab/contracts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inProcess, inProcessWith } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const FILE = 'configs/sweep.config.ts';

const before = `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'sweep',
  recipe: recipes.cifar,
  backbone: vary('resnet20', 'resnet56'),
  maxEpochs: 100,
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.5 })),
  precision: vary('fp32'),
  trials: 2,
}).when({ backbone: 'resnet56' }, { batchSize: 200 });
`;

/** One method has another parameter, one network is another, and what does not vary is not in the name. */
const after = before
  .replace("'resnet56')", "'resnet110')")
  .replace("{ backbone: 'resnet56' }", "{ backbone: 'resnet110' }")
  .replace('alpha: 0.5', 'alpha: 1')
  .replace("vary('fp32')", "'fp32'");

let workspace: Workspace;

beforeAll(async () => {
  workspace = makeWorkspace({ [FILE]: before });
  expect(await inProcess(workspace.home, 'configs')).toMatchObject({ exitCode: 0 });
  for (const run of runs()) {
    if (run.axes['mixMode'] !== 'mixup') {
      // Nobody knows how far it came.
      workspace.write(`work_dirs/sweep/${run.name}/trial1/status.json`, '{');
      workspace.write(`work_dirs/sweep/${run.name}/trial1/checkpoints/last.ckpt`, '');
      continue;
    }
    train(run, 1, { state: 'completed', epoch: 100 });
    train(
      run,
      2,
      run.axes['backbone'] === 'resnet20' ? { state: 'failed', epoch: 40 } : { state: 'failed', epoch: 0 },
    );
  }
  workspace.write(FILE, after);
});
afterAll(() => workspace.remove());

describe('mixlab diff', () => {
  it('shows what the next generation would change, and what was trained of that', async () => {
    const { exitCode, stdout, stderr } = await inProcess(workspace.home, 'diff');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(withoutHashes(stdout)).toMatchInlineSnapshot(`
      "sweep: 1 renamed, 3 changed, 0 unchanged
        = resnet20-vanilla-ep100-precision-fp32-######## → resnet20-vanilla-ep100-########
        ~ resnet20-mixup-ep100-a0.5-precision-fp32-######## → resnet20-mixup-ep100-a1-########
            mixMode.alpha: 0.5 → 1
        ~ resnet56-vanilla-ep100-precision-fp32-######## → resnet110-vanilla-ep100-########
            backbone: "resnet56" → "resnet110"
        ~ resnet56-mixup-ep100-a0.5-precision-fp32-######## → resnet110-mixup-ep100-a1-########
            backbone: "resnet56" → "resnet110"
            mixMode.alpha: 0.5 → 1
        4 trials that were trained would belong to no run any more:
          resnet20-mixup-ep100-a0.5-precision-fp32-########/trial1  completed  100 epochs
          resnet20-mixup-ep100-a0.5-precision-fp32-########/trial2  failed     40 epochs
          resnet56-vanilla-ep100-precision-fp32-########/trial1     stale      0 epochs
          resnet56-mixup-ep100-a0.5-precision-fp32-########/trial1  completed  100 epochs
      "
    `);
    const { stdout: json } = await inProcess(workspace.home, 'diff', '--json');
    const [sweep] = (JSON.parse(json) as { experiments: Record<string, unknown>[] }).experiments;
    expect(sweep).toMatchObject({ experiment: 'sweep', isNew: false, added: [], unchanged: 0 });
    expect(sweep?.['orphaned']).toHaveLength(4);
  });

  it('is what configs does not do before somebody says so', async () => {
    const plan = workspace.read('generated/sweep/plan.json');
    const refused = await inProcess(workspace.home, 'configs');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(withoutHashes(refused.stderr)).toMatchInlineSnapshot(`
      "sweep: 4 trials that were trained would belong to no run any more:
        resnet20-mixup-ep100-a0.5-precision-fp32-########/trial1  completed  100 epochs
        resnet20-mixup-ep100-a0.5-precision-fp32-########/trial2  failed     40 epochs
        resnet56-vanilla-ep100-precision-fp32-########/trial1     stale      0 epochs
        resnet56-mixup-ep100-a0.5-precision-fp32-########/trial1  completed  100 epochs
      what was trained stays; "mixlab diff" tells what changes
      nothing was written; --yes writes the configs all the same
      "
    `);
    const told = JSON.parse((await inProcess(workspace.home, 'configs', '--json')).stdout) as {
      issues: { code: string; message: string }[];
    };
    expect(told.issues.map(({ code }) => code)).toEqual(['results-without-run']);
    expect(told.issues[0]?.message).toMatch(/directories of sweep .*resnet20-mixup-\S+\/trial2/);
    const asked: string[] = [];
    const confirm = (answer: boolean) => (question: string) => {
      asked.push(question);
      return Promise.resolve(answer);
    };
    const declined = await inProcessWith({ confirm: confirm(false) }, workspace.home, 'configs');
    expect(declined).toMatchObject({ exitCode: 1, stdout: '' });
    expect(declined.stderr).toMatch(/\nnothing was written\n$/);
    expect(workspace.read('generated/sweep/plan.json')).toBe(plan);
    for (const yes of [[], ['--yes']]) {
      const dry = await inProcess(workspace.home, 'configs', '--dry-run', ...yes);
      expect(dry).toMatchObject({ exitCode: 0 });
      expect(dry.stderr).toContain('4 trials that were trained would belong to no run any more');
    }

    // What keeps its run is nobody's loss.
    expect(await inProcess(workspace.home, 'configs', '--set=maxEpochs=3')).toMatchObject({ exitCode: 0 });
    const accepted = await inProcessWith({ confirm: confirm(true) }, workspace.home, 'configs');
    expect(accepted).toMatchObject({ exitCode: 0 });
    expect(asked).toEqual(['Write the configs?', 'Write the configs?']);
    const nothing = await inProcess(workspace.home, 'diff');
    expect(nothing).toMatchObject({ exitCode: 0, stdout: 'nothing would change\n' });

    for (const run of runs()) train(run, 1, { state: 'interrupted', epoch: 1 });
    workspace.write(FILE, before);
    expect(await inProcess(workspace.home, 'configs')).toMatchObject({ exitCode: 1 });
    const forced = await inProcess(workspace.home, 'configs', '--yes');
    expect(forced).toMatchObject({ exitCode: 0 });
    expect(forced.stderr).toContain('3 trials that were trained would belong to no run any more');
    expect(await inProcess(workspace.home, 'diff')).toMatchObject({ exitCode: 0 });
  });

  it('shows once what changes in many runs', async () => {
    workspace.write(FILE, before);
    expect(await inProcess(workspace.home, 'configs', '--yes')).toMatchObject({ exitCode: 0 });
    workspace.write(FILE, before.replace('trials: 2', 'trials: 3'));
    expect(withoutHashes((await inProcess(workspace.home, 'diff')).stdout)).toMatchInlineSnapshot(`
      "sweep: 4 changed, 0 unchanged
        ~ resnet20-vanilla-ep100-precision-fp32-########
        ~ resnet20-mixup-ep100-a0.5-precision-fp32-########
        ~ resnet56-vanilla-ep100-precision-fp32-########
        ~ resnet56-mixup-ep100-a0.5-precision-fp32-########
            trials: 2 → 3
      "
    `);
  });
});

it('tells another halving and other GPUs, which are of the experiment and not of its runs', async () => {
  const halved = makeWorkspace({});
  onTestFinished(() => halved.remove());
  const write = (halving: string, launch = '') =>
    halved.write(
      FILE,
      `import { defineExperiment, halving, logUniform, mix, recipes, sample } from '@mixlab/dsl';
export default defineExperiment({
  name: 'halved',
  recipe: recipes.cifar,
  backbone: 'resnet20',
  maxEpochs: 18,
  mixMode: mix.mixup(),
  ...sample(4, { 'optimizer.lr': logUniform(1e-3, 1) }),
  ${halving}
  ${launch}
});
`,
    );
  const diff = async () => {
    const { exitCode, stdout, stderr } = await inProcess(halved.home, 'diff');
    expect(stderr).toBe('');
    return [exitCode, stdout];
  };
  write("halving: halving({ metric: 'top1', eta: 2, min: 6 }),");
  expect(await inProcess(halved.home, 'configs')).toMatchObject({ exitCode: 0 });
  halved.write('work_dirs/halved/.halving/rung-1.json', '{}');
  write("halving: halving({ metric: 'loss', eta: 3, min: 2 }),", 'launch: { gpusPerRun: 2 },');
  expect(await diff()).toEqual([
    1,
    'halved: 4 unchanged\n' +
      '  launch.gpusPerRun: 1 → 2\n' +
      '  halving.metric: "top1" → "loss"\n' +
      '  halving.goal: "max" → "min"\n' +
      '  halving.eta: 2 → 3\n' +
      '  halving.rungs: [6,12,18] → [2,6,18]\n' +
      '  rungs were decided before this change: the scripts refuse to go on, and say which folder to move away\n',
  ]);
  const refused = await inProcess(halved.home, 'configs');
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    'halved: rungs were decided before this change: the scripts refuse to go on, and say which folder to move away\n' +
      'what was trained stays; "mixlab diff" tells what changes\n' +
      'nothing was written; --yes writes the configs all the same\n',
  ]);
  write('');
  expect(await diff()).toEqual([1, expect.stringContaining('  halving.metric: "top1" → (none)\n')]);
});

it('tells no trial of an experiment as lost that another one has from then on', async () => {
  const moved = makeWorkspace({});
  onTestFinished(() => moved.remove());
  const write = (name: string, alphas: string) =>
    moved.write(
      `configs/${name}.config.ts`,
      before.replace("'sweep'", `'${name}'`).replace('0.5', `vary(${alphas})`),
    );
  write('sweep', '0.5, 1');
  expect(await inProcess(moved.home, 'configs')).toMatchObject({ exitCode: 0 });
  for (const run of runs(moved)) train(run, 1, { state: 'completed', epoch: 100 }, moved);
  write('sweep', '0.5');
  write('other', '1, 2');
  const { stdout } = await inProcess(moved.home, 'diff');
  expect(stdout).toContain('sweep: 2 removed, 4 unchanged\n');
  expect(stdout).not.toContain('would belong to no run');
  expect(await inProcess(moved.home, 'configs')).toMatchObject({ exitCode: 0, stderr: '' });
  // On disk by now.
  write('sweep', '2');
  expect((await inProcess(moved.home, 'diff', '--experiment=sweep')).stdout).toMatch(
    /\n {2}2 trials that were trained would belong to no run any more:\n(.*a0\.5.*\n){2}$/,
  );
});

it('tells what was trained, too, where the plan is gone', async () => {
  const bare = makeWorkspace({ [FILE]: before });
  onTestFinished(() => bare.remove());
  expect(await inProcess(bare.home, 'configs')).toMatchObject({ exitCode: 0 });
  for (const run of runs(bare)) train(run, 1, { state: 'completed', epoch: 100 }, bare);
  rmSync(join(bare.home, 'generated'), { recursive: true });
  expect((await inProcess(bare.home, 'diff')).stdout).not.toContain('would belong to no run');
  bare.write(FILE, before.replace('alpha: 0.5', 'alpha: 1'));
  const { exitCode, stderr } = await inProcess(bare.home, 'configs');
  expect([exitCode, withoutHashes(stderr)]).toEqual([
    1,
    'sweep: 2 trials that were trained would belong to no run any more:\n' +
      '  resnet20-mixup-ep100-a0.5-precision-fp32-########/trial1  completed  100 epochs\n' +
      '  resnet56-mixup-ep100-a0.5-precision-fp32-########/trial1  completed  100 epochs\n' +
      'what was trained stays; "mixlab diff" tells what changes\n' +
      'nothing was written; --yes writes the configs all the same\n',
  ]);
});

it('refuses a name that lies in the folder of an experiment that had another one, or around it', async () => {
  const nested = makeWorkspace({});
  onTestFinished(() => nested.remove());
  const write = (name: string) => nested.write(FILE, before.replace("'sweep'", `'${name}'`));
  write('team/sweep');
  expect(await inProcess(nested.home, 'configs')).toMatchObject({ exitCode: 0 });
  const problem = (name: string, which: string) =>
    `${FILE}:3:33: name: this name ${which}, of which a plan lies on disk (expected another name, or ` +
    `generated/team/sweep moved away: what it trained stays, and is linked to, got "${name}")\n`;
  for (const [name, which] of [
    ['team', 'is that of a folder in which the experiment team/sweep lies'],
    ['team/sweep/longer', 'lies inside the folder of the experiment team/sweep'],
  ] as const) {
    write(name);
    const { exitCode, stderr } = await inProcess(nested.home, 'diff');
    expect([exitCode, stderr]).toEqual([2, problem(name, which)]);
    const configs = await inProcess(nested.home, 'configs');
    expect([configs.exitCode, configs.stderr]).toEqual([2, `${problem(name, which)}nothing was written\n`]);
  }
  write('team/other');
  expect(await inProcess(nested.home, 'configs')).toMatchObject({ exitCode: 0 });
});

function runs({ home } = workspace): PlanRun[] {
  return planSchema.parse(JSON.parse(readFileSync(join(home, 'generated/sweep/plan.json'), 'utf8'))).runs;
}

/** The status of a trial as the supervisor leaves it. */
function train(
  run: PlanRun,
  trial: number,
  { state, epoch }: Pick<Status, 'state' | 'epoch'>,
  { write } = workspace,
): void {
  const status: Status = {
    ...{ schemaVersion: 1, state, hash: run.hash, attempt: 1, epoch, maxEpochs: 100, heartbeat: 9 },
    ...{ host: 'node1', pid: 1, pidStart: 1, bootId: 'boot', schedulerJob: null },
    ...{ exitCode: state === 'completed' ? 0 : 1, error: null },
  };
  write(`work_dirs/sweep/${run.name}/trial${trial}/status.json`, JSON.stringify(status));
}

function withoutHashes(text: string): string {
  return text.replace(/-[0-9a-f]{8}\b/g, '-########').replace(/ {2,}(?=completed|failed)/g, '  ');
}
