import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inProcess } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** An experiment of version 1 of the run config. */
const former = (name: string, comment = '') => `import { defineExperiment, mix, recipes } from '@mixlab/dsl';
${comment}
export default defineExperiment({
  name: '${name}',
  recipe: recipes.cifar,
  backbone: 'resnet20',
  maxEpochs: 2,
  mixMode: mix.puzzlemix({ tSize: 2 }),
});
`;

const authored = {
  'configs/a.config.ts': former('a'),
  'configs/b.config.ts': former('b', `// ${'of two blocks on a disk '.repeat(200)}`),
};

/** A workspace in which something is spoilt, and what its `fix` says, after which all files are as they were. */
async function fixFails(
  spoil: (workspace: Workspace) => void,
): Promise<{ workspace: Workspace; told: string[] }> {
  const workspace = makeWorkspace(authored);
  onTestFinished(() => workspace.remove());
  spoil(workspace);
  const { exitCode, stderr } = await inProcess(workspace.home, 'fix', '--yes');
  expect([exitCode, stderr.split('\n').at(-2)]).toEqual([1, 'nothing was written']);
  for (const [path, text] of Object.entries(authored)) expect(workspace.read(path), path).toBe(text);
  return { workspace, told: stderr.replaceAll(workspace.home, 'HOME').split('\n').slice(0, -2) };
}

describe('mixlab fix, where a file cannot be written, leaves all as they were', () => {
  it('a folder in the place of the version file', async () => {
    const { workspace, told } = await fixFails(({ home }) => mkdirSync(join(home, 'configs/mixlab.json')));
    expect(told).toEqual([
      'cannot write HOME/configs/mixlab.json: a folder lies where a file is needed (EISDIR)',
    ]);
    expect(workspace.files('configs')).toEqual(['a.config.ts', 'b.config.ts']);
  });

  it('a disk that is full', async ({ skip }) => {
    const { workspace, told } = await fixFails(({ home, write }) => {
      const configs = join(home, 'configs');
      const mounted = mount(['-t', 'tmpfs', '-o', 'size=20k', 'tmpfs', configs], configs);
      skip(!mounted, 'needs mount');
      for (const [path, text] of Object.entries(authored)) write(path, text);
    });
    expect(told).toEqual(['cannot write HOME/configs/b.config.ts: no space left on the disk (ENOSPC)']);
    expect(workspace.files('configs')).toEqual(['a.config.ts', 'b.config.ts']);
  });

  it('one that cannot be replaced when others have been', async ({ skip }) => {
    const { workspace, told } = await fixFails(({ home }) => {
      const file = join(home, 'configs/b.config.ts');
      skip(!mount(['--bind', file, file], file), 'needs mount');
    });
    expect(told).toEqual([expect.stringMatching(/^cannot write HOME\/configs\/b\.config\.ts: .*EBUSY/)]);
    expect(workspace.files('configs')).toEqual(['a.config.ts', 'b.config.ts']);
  });
});

/** Whether that can be; undone when the test has ended. */
function mount(args: readonly string[], place: string): boolean {
  const { failed } = execaSync('mount', args, { reject: false });
  if (!failed) onTestFinished(() => void execaSync('umount', [place]));
  return !failed;
}
