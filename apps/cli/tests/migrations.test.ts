import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** A workspace as version 1 of the run config left it: two runs completed, one interrupted. */
const FROZEN = join(import.meta.dirname, '../../../libs/training/tests/data/version-1');
const CONFIG = 'configs/frozen.config.ts';

/** One workspace, and one test after the other in it, as somebody would move on. */
describe('a workspace of version 1 of the run config', () => {
  let workspace: Workspace;
  const mixlab = (...argv: string[]) => inProcess(workspace.home, ...argv);

  beforeAll(() => {
    workspace = makeWorkspace({});
    cpSync(FROZEN, workspace.home, { recursive: true });
  });
  afterAll(() => workspace.remove());

  it('has its plans and run directories read with the names of today, and keeps them', async () => {
    const before = textsIn(workspace, 'generated', 'work_dirs');
    const status = await mixlab('status');
    expect(status.stdout).toContain('3 trials, 1 interrupted, 2 completed');
    const table = await mixlab('table');
    expect(table.stdout).toContain(
      'puzzlemix transportPrice=0.8 attackProbability=0.25 attackSize=20 | 81.13',
    );
    const csv = await mixlab('table', '--format=csv');
    expect(csv.stdout.split('\n')[0]).toContain('attackProbability');
    expect(textsIn(workspace, 'generated', 'work_dirs')).toEqual(before);
  });

  it('is told of its former names', async () => {
    const { exitCode, stdout } = await mixlab('check');
    expect(exitCode).toBe(2);
    expect(stdout.split('\n').filter((line) => line.startsWith(CONFIG))).toMatchSnapshot();
  });

  it('is not rewritten unless somebody says so', async () => {
    const before = workspace.read(CONFIG);
    const { exitCode, stdout, stderr } = await mixlab('fix');
    expect([exitCode, stdout, stderr]).toMatchSnapshot();
    expect(workspace.read(CONFIG)).toBe(before);
    expect(workspace.files('configs')).not.toContain('mixlab.json');
  });

  it('is rewritten by fix, once', async () => {
    expect(await mixlab('fix', '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(workspace.read(CONFIG)).toMatchSnapshot();
    expect(workspace.read('configs/mixlab.json')).toBe('{ "schemaVersion": 2 }\n');
    expect(await mixlab('fix', '--check')).toMatchObject({ exitCode: 0, stdout: 'nothing to change\n' });
  });

  it('keeps its results: what was trained is of the same runs', async () => {
    const diff = await mixlab('diff', '--json');
    const { experiments } = JSON.parse(diff.stdout) as { experiments: Record<string, unknown[]>[] };
    expect(experiments).toMatchObject([{ added: [], removed: [], changed: [], orphaned: [], unchanged: 1 }]);
    expect(experiments[0]?.['renamed']).toHaveLength(2);
    const written = await mixlab('configs');
    expect(written).toMatchObject({ exitCode: 0, stderr: '' });
    const status = await mixlab('status');
    expect(status.stdout).toContain('3 trials, 1 interrupted, 2 completed');
    expect(status.stdout).toContain('attackprobability0.25-7046f3f6');
  });

  it('is refused where it is of a later version than is known, with both', async () => {
    const plan = join(workspace.home, 'generated/frozen/plan.json');
    const text = readFileSync(plan, 'utf8');
    const ofLater: [string, string][] = [
      [text.replace('"schemaVersion": 2', '"schemaVersion": 9'), '(schema version 9, here 2)'],
      [
        text.replace('"version": 2', '"version": 9'),
        'version 9 of the run config, and this Mixlab knows versions up to 2',
      ],
    ];
    for (const [later, told] of ofLater) {
      writeFileSync(plan, later);
      const { exitCode, stderr } = await mixlab('status');
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(told)]);
    }
    writeFileSync(plan, text);
    workspace.write('configs/mixlab.json', '{"schemaVersion":9}');
    for (const command of ['check', 'configs', 'fix']) {
      const { exitCode, stdout, stderr } = await mixlab(command);
      expect(exitCode, command).not.toBe(0);
      expect(stdout + stderr).toContain(
        'version 9 of the run config, and this Mixlab knows versions up to 2',
      );
    }
  });
});

function textsIn(workspace: Workspace, ...folders: string[]): Record<string, string> {
  const paths = folders.flatMap((folder) => workspace.files(folder).map((file) => `${folder}/${file}`));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(workspace.home, path), 'latin1')]));
}
