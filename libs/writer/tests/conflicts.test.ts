import { mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeGenerated } from '@mixlab/writer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  experiment,
  generate,
  issuesOf,
  issuesOfError,
  put,
  temporaryFolder,
  timesOf,
  treeOf,
  type Tree,
} from './folders.ts';

const first = {
  'configs/1.json': 'one',
  'configs/2.json': 'two',
  'configs/3.json': 'three',
  'plan.json': 'p',
};

describe('a file that somebody else wrote', () => {
  it('stops everything before anything is written, and every conflict is told', async () => {
    const out = temporaryFolder();
    const two = (tree: Tree) => [experiment('a', tree), experiment('b', tree)];
    await writeGenerated(two(first), { out });
    put(out, { 'a/configs/1.json': 'mine', 'b/configs/2.json': 'mine', 'b/configs/4.json': 'foreign' });
    const before = timesOf(join(out, 'a'));
    const next = { 'configs/1.json': '1', 'configs/2.json': '2', 'configs/4.json': '4', 'plan.json': 'q' };
    expect(
      (await issuesOf(writeGenerated(two(next), { out }))).map(({ code, message }) => [code, message]),
    ).toEqual([
      ['changed-by-hand', `${out}/a/configs/1.json was changed after Mixlab wrote it; --force overwrites it`],
      ['changed-by-hand', `${out}/b/configs/2.json was changed after Mixlab wrote it; --force overwrites it`],
      ['foreign-file', `${out}/b/configs/4.json was not written by Mixlab; --force overwrites it`],
    ]);
    expect(timesOf(join(out, 'a'))).toEqual(before);
    await writeGenerated(two(next), { out, force: true });
    for (const name of ['a', 'b']) expect(treeOf(join(out, name))).toEqual(next);
    // From now on they are Mixlab's again.
    await writeGenerated(two({ 'plan.json': 'r' }), { out });
    expect(treeOf(join(out, 'b'))).toEqual({ 'plan.json': 'r' });
  });

  it('is not removed when its run leaves the plan, unless forced', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    put(out, { 'e/configs/1.json': 'mine' });
    const [issue] = await issuesOf(generate(out, { 'plan.json': 'q' }));
    expect(issue).toEqual({
      code: 'changed-by-hand',
      message:
        `${out}/e/configs/1.json belongs to no run any more, but was changed after Mixlab wrote it; ` +
        '--force removes it',
    });
    expect(treeOf(join(out, 'e'))).toEqual({ ...first, 'configs/1.json': 'mine' });
    await generate(out, { 'plan.json': 'q' }, { force: true });
    expect(treeOf(join(out, 'e'))).toEqual({ 'plan.json': 'q' });
  });

  it('is remembered as changed while a selection leaves its run out', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    put(out, { 'e/configs/1.json': 'mine' });
    await generate(out, { 'plan.json': 'q' }, { planned: Object.keys(first) });
    expect(await issuesOf(generate(out, first))).toMatchObject([{ code: 'changed-by-hand' }]);
    put(out, { 'e/configs/1.json': 'one' });
    await generate(out, { 'plan.json': 'r' });
    expect(treeOf(join(out, 'e'))).toEqual({ 'plan.json': 'r' });
  });

  it('is no conflict when it holds the very text', async () => {
    const out = temporaryFolder();
    put(out, { 'e/configs/1.json': 'one' });
    const before = timesOf(join(out, 'e/configs'));
    expect((await generate(out, first))[0]).toMatchObject({ written: 3, unchanged: 1 });
    expect(timesOf(join(out, 'e/configs'))['1.json']).toBe(before['1.json']);
    put(out, { 'e/configs/2.json': 'TWO' });
    expect((await generate(out, { ...first, 'configs/2.json': 'TWO' }))[0]).toMatchObject({
      written: 0,
      unchanged: 4,
    });
    // Both are Mixlab's now.
    await generate(out, { 'plan.json': 'p' });
    expect(treeOf(join(out, 'e'))).toEqual({ 'plan.json': 'p' });
  });

  it('is told in a dry run too', async () => {
    const out = temporaryFolder();
    put(out, { 'e/plan.json': 'foreign' });
    expect(await issuesOf(generate(out, first, { dryRun: true }))).toMatchObject([{ code: 'foreign-file' }]);
  });

  it('survives any mixture of generations and edits, unless forced', async () => {
    const paths = ['plan.json', 'configs/1.json', 'configs/2.json', 'configs/a/1.json', 'launch/local.sh'];
    const tree = fc.dictionary(fc.constantFrom(...paths), fc.constantFrom('v1', 'v2', 'v3'), {
      noNullPrototype: true,
    });
    const step = fc.record({ wanted: tree, edits: tree, planned: fc.subarray(paths) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const out = temporaryFolder();
        let generated: Record<string, string> = {};
        for (const { wanted, edits, planned } of steps) {
          put(join(out, 'e'), edits);
          const before = treeOf(out);
          const others = new Set([...planned, ...Object.keys(wanted)]);
          const isOurs = (path: string, text: string) => generated[path] === text;
          const inTheWay = Object.entries(before).filter(([path, text]) => {
            const name = path.slice('e/'.length);
            if (isOurs(name, text)) return false;
            return name in wanted ? wanted[name] !== text : name in generated && !others.has(name);
          });
          const issues = await generate(out, wanted, { planned: [...others] }).then(() => [], issuesOfError);
          expect(issues.length).toBe(inTheWay.length);
          if (issues.length > 0) {
            expect(treeOf(out)).toEqual(before);
            continue;
          }
          const expected: Record<string, string> = {};
          for (const [path, text] of Object.entries(before)) {
            const name = path.slice('e/'.length);
            if (isOurs(name, text) && !others.has(name)) continue;
            expected[path] = text;
          }
          for (const [path, text] of Object.entries(wanted)) expected[`e/${path}`] = text;
          expect(treeOf(out)).toEqual(expected);
          const kept = Object.entries(generated).filter(
            ([path]) => others.has(path) && `e/${path}` in before,
          );
          generated = { ...Object.fromEntries(kept), ...wanted };
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('what lies in the way', () => {
  it.each([
    ['a file for a folder', { 'e/configs': 'x' }, 'e/configs is a file where a folder is needed'],
    [
      'a folder for a file',
      { 'e/plan.json/x': 'x' },
      'e/plan.json is not a file, and a file is needed there',
    ],
    ['a file for the experiment', { e: 'x' }, 'e is a file; nothing is written through it. Move it away'],
    [
      'a file for the staging area',
      { 'e/.writing': 'x' },
      'e/.writing is a file; nothing is written through it',
    ],
    [
      'a folder for the manifest',
      { 'e/.manifest.json/x': 'x' },
      'e/.manifest.json is a folder; nothing is written',
    ],
  ])('stops even a forced generation: %s', async (_, tree, message) => {
    const out = temporaryFolder();
    put(out, tree);
    const before = treeOf(out);
    const [issue] = await issuesOf(generate(out, first, { force: true }));
    expect(issue?.code).toBe('in-the-way');
    expect(issue?.message).toContain(message);
    expect(treeOf(out)).toEqual(before);
  });

  it.each(['e', 'e/configs', 'e/.writing'])(
    'is never written through: a symbolic link at %s',
    async (path) => {
      const folder = temporaryFolder();
      const out = join(folder, 'out');
      mkdirSync(join(out, 'e'), { recursive: true });
      put(join(folder, 'elsewhere'), { 'mine.txt': 'mine' });
      rmSync(join(out, path), { recursive: true, force: true });
      symlinkSync(join(folder, 'elsewhere'), join(out, path));
      expect(await issuesOf(generate(out, first, { force: true }))).toMatchObject([{ code: 'in-the-way' }]);
      expect(treeOf(join(folder, 'elsewhere'))).toEqual({ 'mine.txt': 'mine' });
    },
  );

  it('is never removed through: a folder that became a symbolic link', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    await generate(out, first);
    rmSync(join(out, 'e/configs'), { recursive: true });
    const elsewhere = { '1.json': 'one', '2.json': 'two', '3.json': 'three' };
    put(join(folder, 'elsewhere'), elsewhere);
    symlinkSync(join(folder, 'elsewhere'), join(out, 'e/configs'));
    await generate(out, { 'plan.json': 'q' });
    expect(treeOf(join(folder, 'elsewhere'))).toEqual(elsewhere);
  });

  it('is replaced, not followed, when a generated file became a symbolic link', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    await generate(out, first);
    put(folder, { target: 'precious' });
    unlinkSync(join(out, 'e/plan.json'));
    symlinkSync(join(folder, 'target'), join(out, 'e/plan.json'));
    expect(await issuesOf(generate(out, first))).toMatchObject([{ code: 'foreign-file' }]);
    await generate(out, first, { force: true });
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
    expect(treeOf(join(out, 'e'))).toEqual(first);
  });
});

describe('a manifest that somebody changed', () => {
  const hash = '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed';

  it.each([
    ['empty', ''],
    ['truncated', '{\n  "version": 1,\n  "files": {\n    "configs/1.json": "7692c3ad35'],
    ['no JSON', 'hello\n'],
    ['of another version', '{\n  "version": 2,\n  "files": {\n  }\n}\n'],
    ['leading outside', `{\n  "version": 1,\n  "files": {\n    "../../precious": "${hash}"\n  }\n}\n`],
    ['absolute', `{\n  "version": 1,\n  "files": {\n    "/precious": "${hash}"\n  }\n}\n`],
    ['naming itself', `{\n  "version": 1,\n  "files": {\n    ".manifest.json": "${hash}"\n  }\n}\n`],
  ])('stops everything: %s', async (_, text) => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    await generate(out, first);
    put(folder, { precious: 'one' });
    writeFileSync(join(out, 'e/.manifest.json'), text);
    const before = treeOf(folder);
    const next = { ...first, 'configs/1.json': 'ONE' };
    expect(await issuesOf(generate(out, next))).toMatchObject([{ code: 'corrupt-manifest' }]);
    expect(treeOf(folder)).toEqual(before);
    await generate(out, next, { force: true });
    expect(treeOf(folder)).toEqual({ ...before, 'out/e/configs/1.json': 'ONE' });
    await generate(out, { 'plan.json': 'q' });
    expect(treeOf(folder)).toEqual({ precious: 'one', 'out/e/plan.json': 'q' });
  });

  it('is made anew after it was deleted', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    unlinkSync(join(out, 'e/.manifest.json'));
    expect((await generate(out, first))[0]).toMatchObject({ written: 0, unchanged: 4 });
    await generate(out, { 'plan.json': 'q' });
    expect(treeOf(join(out, 'e'))).toEqual({ 'plan.json': 'q' });
  });
});
