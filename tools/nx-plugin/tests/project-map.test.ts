import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseProjectMap } from '../src/project-map';

const root = resolve(__dirname, '../../..');
const map = parseProjectMap(JSON.parse(readFileSync(join(root, 'workspace.json'), 'utf8')), 'workspace.json');

describe('the project map', () => {
  it('holds every package of the workspace, under the name that its package.json gives Nx', () => {
    const folders = ['apps', 'libs', 'tools'].flatMap((kind) =>
      readdirSync(join(root, kind), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${kind}/${entry.name}`)
        // tools/summary holds scripts.
        .filter((folder) =>
          ['package.json', 'pyproject.toml'].some((file) => existsSync(join(root, folder, file))),
        ),
    );
    const byRoot = new Map(Object.entries(map).map(([name, project]) => [project.root, name]));
    expect([...byRoot.keys()].toSorted()).toEqual([...folders, 'configs'].toSorted());
    for (const [folder, name] of byRoot) {
      if (map[name]?.tags.includes('type:python')) continue;
      expect(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).nx.name).toBe(name);
    }
  });

  it('has npm test check the types of every project, under its own options', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
    const { commands } = read('tools/setup/project.json').targets['typecheck-typescript'].options;
    const whole = read('tsconfig.json');
    for (const { root: folder, tags } of Object.values(map)) {
      if (tags.includes('type:python')) continue;
      if (commands.includes(`tsc -p ${folder}`)) continue;
      const own = read(`${folder}/tsconfig.json`);
      expect([own.extends, own.compilerOptions], folder).toEqual(['../../tsconfig.base.json', undefined]);
      const [kind, name] = folder.split('/');
      const paths = own.include.map((path: string) => [`${kind}/*/${path}`, `${kind}/${name}/${path}`]);
      for (const either of paths)
        expect(
          either.filter((path: string) => whole.include.includes(path)),
          folder,
        ).not.toEqual([]);
      expect(whole.exclude, folder).not.toContain(folder);
      for (const path of own.exclude ?? []) expect(whole.exclude).toContain(`${folder}/${path}`);
    }
  });

  it('gives Python and TypeScript projects the same targets', async () => {
    const { stdout } = await execa('npx', ['nx', 'graph', '--file=stdout'], {
      cwd: root,
      env: { NX_DAEMON: 'false' },
    });
    const { nodes } = JSON.parse(stdout).graph;
    for (const [name, test] of [
      ['training', '-m pytest'],
      ['plan', 'vitest run'],
    ] as const) {
      const { targets } = nodes[name].data;
      expect(Object.keys(targets)).toEqual(expect.arrayContaining(['lint', 'typecheck', 'test']));
      expect(JSON.stringify(targets.test.options)).toContain(test);
      expect(targets.test.cache).toBe(true);
    }
  });

  it('names every entry that is wrong', () => {
    const wrong = { projects: { a: { root: 'a', tags: [] }, b: { root: 'b' }, c: 'c' } };
    expect(() => parseProjectMap(wrong, 'workspace.json')).toThrow(
      'workspace.json: each project needs "root" and "tags": b, c',
    );
    expect(() => parseProjectMap([], 'workspace.json')).toThrow(
      'workspace.json: expected an object "projects"',
    );
  });
});
