import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authored } from './experiments.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace(authored);
});
afterAll(() => workspace.remove());

describe('the command line', () => {
  it('describes every option', async () => {
    const { exitCode, stdout } = await workspace.mixlab('configs', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: mixlab configs [options]

      Write run configs and launch scripts of the authored experiments.

      Options:
        --experiment <name>    experiments by name or glob; default: all (repeatable,
                               or separated by commas)
        --mix-mode <method>    only the runs of these methods (repeatable, or
                               separated by commas)
        --backbone <name>      only the runs of these backbones (repeatable, or
                               separated by commas)
        --max-epochs <epochs>  only the runs that train for so many epochs
                               (repeatable, or separated by commas)
        --set <path=value>     change a value in every run; makes a sibling experiment
                               <name>.set-<8 hex digits> (repeatable)
        --out <folder>         folder to write to; default: generated in the workspace
        --naming <value>       how config files are named: openmixup is as OpenMixup's
                               generator has it, beside the base config (one of:
                               mixlab, openmixup; default: mixlab)
        --engine <name>        what to write configs for, if not what the experiments
                               are written for; openmixup needs --out (one of: mixlab,
                               openmixup)
        --strict-openmixup     with --engine=openmixup, take OpenMixup's own settings
                               where ours differ on purpose
        -n, --dry-run          print the table of runs and write nothing
        -f, --force            overwrite generated files that were changed by hand
        -y, --yes              write without asking where results would belong to no
                               run any more
        --json[=file]          print nothing but JSON; with a file, write JSON there
                               beside what is printed
        -h, --help             display help for command"
    `);
  });

  it('describes the arguments of a command that has some', async () => {
    const { exitCode, stdout } = await workspace.mixlab('logs', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: mixlab logs \[options\] <run\.\.\.>\n/);
    expect(stdout).toMatch(/^Arguments:\n {2}run +runs by name or glob/m);
    expect(stdout).not.toContain('--run');
  });

  it.each([
    ['in its place', ['logs', 'resnet']],
    ['by its name, as Nx gives it', ['logs', '--run=resnet']],
    ['beside options', ['logs', '--lines', '3', 'resnet', '-f']],
  ])('takes an argument %s', async (_, args) => {
    const { exitCode, stderr } = await workspace.mixlab(...args);
    expect([exitCode, stderr]).toEqual([
      2,
      'mixlab logs: no plan in generated; `npx mixlab configs` makes one',
    ]);
  });

  it('lists the commands when it is given none', async () => {
    const { exitCode, stdout } = await workspace.mixlab();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('configs [options]');
  });

  it.each<[args: string[], message: string]>([
    [
      ['cnofigs'],
      "error: unknown command 'cnofigs'\n(Did you mean configs?)\nRun with --help for what there is.",
    ],
    [
      ['configs', '--mixMode=cutmix', '--max-epoch', '3', '--out='],
      'mixlab configs: unknown option --mixMode (did you mean --mix-mode?)\n' +
        'mixlab configs: unknown option --max-epoch (did you mean --max-epochs?)\n' +
        'mixlab configs: --out: expected a folder (got "")',
    ],
    [
      ['configs', '--max-epochs=ten', '--out=', '--backbone='],
      'mixlab configs: --backbone: expected a name\n' +
        'mixlab configs: --max-epochs: expected a number of epochs (got "ten")\n' +
        'mixlab configs: --out: expected a folder (got "")',
    ],
    [
      ['configs', '--mix-mode=cutmxi', '--max-epochs=20'],
      'mixMode: no run has this `mixMode` (expected one of mixup, vanilla, cutmix, got "cutmxi"; did you mean cutmix?)\n' +
        'maxEpochs: no run has this `maxEpochs` (expected one of 100, 200, 10, got "20")\n' +
        '2 problems; nothing was written',
    ],
    [
      ['configs', '--mix-mode=cutmix', '--max-epochs=100'],
      'no run has all of mixMode=cutmix maxEpochs=100 (expected a combination that exists, of mixMode: mixup, vanilla, cutmix; maxEpochs: 100, 200, 10)\nnothing was written',
    ],
    [
      ['configs', '--experiment=tinny/*,secnd'],
      '--experiment: no experiment of this name (expected a name or glob that matches one of second, tiny/first, got "tinny/*"; did you mean tiny/*?)\n' +
        '--experiment: no experiment of this name (expected a name or glob that matches one of second, tiny/first, got "secnd"; did you mean second?)\n' +
        '2 problems; nothing was written',
    ],
    [
      ['configs', '--set=maxEpoch=3', '--set', 'optimizer.lr'],
      '--set needs a path and a value (expected path=value, got "optimizer.lr")\n' +
        'maxEpoch: unknown field "maxEpoch" (did you mean maxEpochs?)\n' +
        '2 problems; nothing was written',
    ],
    [
      ['configs', '--set=maxEpochs=-3', '--experiment=second'],
      'maxEpochs: the value is not allowed here, from --set maxEpochs=-3 (expected more than 0, got -3)\nnothing was written',
    ],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await workspace.mixlab(...args);
    expect(stderr).toBe(message);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(workspace.files('.').filter((file) => file.startsWith('generated'))).toEqual([]);
  });

  it('says so where there is no workspace', async () => {
    const { exitCode, stderr } = await workspace.mixlabIn('..', 'configs');
    expect(stderr).toMatch(
      /^mixlab: no workspace here: neither .* nor a folder above it holds configs\/; "mixlab init" starts one$/,
    );
    expect(exitCode).toBe(2);
  });

  it('gives the issues as JSON too where JSON is asked for', async () => {
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs', '--json', '--mix-mode=cutmxi');
    expect([exitCode, JSON.parse(stdout).issues[0].nearest]).toEqual([2, 'cutmix']);
    expect(stderr).toContain('did you mean cutmix?');
  });
});
