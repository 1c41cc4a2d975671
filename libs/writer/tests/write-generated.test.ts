import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeGenerated, type FileChange } from '@mixlab/writer';
import { describe, expect, it } from 'vitest';
import { experiment, generate, issuesOf, put, temporaryFolder, timesOf, treeOf } from './folders.ts';

const first = {
  'configs/a/1.json': 'one',
  'configs/a/2.json': 'two',
  'configs/b/3.json': 'three',
  'plan.json': 'p',
};

describe('writeGenerated', () => {
  it('writes what is rendered and records its hashes', async () => {
    const out = temporaryFolder();
    expect(await generate(out, { 'configs/a/1.json': 'one', 'plan.json': 'p' })).toEqual([
      { experiment: 'e', written: 2, unchanged: 0, removed: 0, kept: 0 },
    ]);
    expect(treeOf(out)).toEqual({ 'e/configs/a/1.json': 'one', 'e/plan.json': 'p' });
    expect(readFileSync(join(out, 'e/.manifest.json'), 'utf8')).toMatchInlineSnapshot(`
      "{
        "version": 1,
        "files": {
          "configs/a/1.json": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
          "plan.json": "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940"
        }
      }
      "
    `);
  });

  it('records the same content in the same bytes, whatever was there before', async () => {
    const then = { 'configs/a/0.json': 'zero', ...first, 'configs/b/3.json': 'other' };
    const planned = Object.keys(then);
    const manifestOf = async (...trees: Record<string, string>[]) => {
      const out = temporaryFolder();
      for (const tree of trees) await generate(out, tree, { planned });
      return readFileSync(join(out, 'e/.manifest.json'), 'utf8');
    };
    const { 'plan.json': plan, ...configs } = then;
    const selected = { 'configs/b/3.json': 'other', 'plan.json': plan };
    const histories = [
      [first, then],
      [selected, then],
      [then, selected],
      [{ 'plan.json': 'q' }, configs, then],
    ];
    for (const trees of histories) expect(await manifestOf(...trees)).toBe(await manifestOf(then));
  });

  it('touches nothing when nothing changed', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    const before = timesOf(join(out, 'e'));
    expect(await generate(out, first)).toEqual([
      { experiment: 'e', written: 0, unchanged: 4, removed: 0, kept: 0 },
    ]);
    expect(timesOf(join(out, 'e'))).toEqual(before);
  });

  it('replaces a file that it wrote and leaves its neighbours untouched', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    const before = timesOf(join(out, 'e'));
    await generate(out, { ...first, 'configs/a/2.json': 'changed' });
    expect(treeOf(join(out, 'e'))).toEqual({ ...first, 'configs/a/2.json': 'changed' });
    const after = timesOf(join(out, 'e'));
    for (const path of ['configs/a/1.json', 'configs/b/3.json', 'plan.json'])
      expect(after[path]).toBe(before[path]);
  });

  it('removes files of runs that left the plan, with folders that become empty', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    put(join(out, 'e'), { 'configs/a/notes.txt': 'mine' });
    const [summary] = await generate(out, { 'plan.json': 'q' });
    expect(summary).toMatchObject({ written: 1, removed: 3 });
    expect(treeOf(join(out, 'e'))).toEqual({ 'configs/a/notes.txt': 'mine', 'plan.json': 'q' });
    expect(existsSync(join(out, 'e/configs/b'))).toBe(false);
  });

  it('keeps the files of runs that a selection leaves out', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    const planned = Object.keys(first).filter((path) => path !== 'configs/a/2.json');
    const [summary] = await generate(out, { 'configs/a/1.json': 'one', 'plan.json': 'q' }, { planned });
    expect(summary).toEqual({ experiment: 'e', written: 1, unchanged: 1, removed: 1, kept: 1 });
    expect(treeOf(join(out, 'e'))).toEqual({
      'configs/a/1.json': 'one',
      'configs/b/3.json': 'three',
      'plan.json': 'q',
    });
    // What was kept is still known as generated: it goes when its run goes.
    await generate(out, { 'plan.json': 'q' });
    expect(treeOf(join(out, 'e'))).toEqual({ 'plan.json': 'q' });
  });

  it('removes the folder of an experiment that generates nothing any more', async () => {
    const out = temporaryFolder();
    await writeGenerated([experiment('imagenet/deit', first), experiment('imagenet/rsb', first)], { out });
    await writeGenerated([experiment('imagenet/deit', {})], { out });
    expect(existsSync(join(out, 'imagenet/deit'))).toBe(false);
    expect(treeOf(join(out, 'imagenet/rsb'))).toEqual(first);
  });

  it('writes back a file that was deleted', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    await generate(out, { 'configs/a/1.json': 'one' }, { planned: ['configs/a/1.json', 'plan.json'] });
    expect((await generate(out, first))[0]).toMatchObject({ written: 2, unchanged: 2 });
    expect(treeOf(join(out, 'e'))).toEqual(first);
  });

  it('makes scripts executable', async () => {
    const out = temporaryFolder();
    const files = () => [{ path: 'launch/local.sh', text: 'true\n', executable: true }];
    await writeGenerated([{ experiment: 'e', files }], { out });
    expect(lstatSync(join(out, 'e/launch/local.sh')).mode & 0o100).toBe(0o100);
  });

  it.each([10, 3_000_000])('writes a text given in pieces, %i characters long', async (length) => {
    const out = temporaryFolder();
    const piece = 'ä0123456789'.repeat(100);
    const text = piece.repeat(Math.ceil(length / piece.length));
    const files = () => [
      { path: 'plan.json', text: (text.match(new RegExp(`.{1,${piece.length}}`, 'gu')) ?? []).values() },
    ];
    const write = () => writeGenerated([{ experiment: 'e', files }], { out });
    expect((await write())[0]).toMatchObject({ written: 1 });
    expect(readFileSync(join(out, 'e/plan.json'), 'utf8')).toBe(text);
    const before = timesOf(join(out, 'e'));
    expect((await write())[0]).toMatchObject({ written: 0, unchanged: 1 });
    expect(timesOf(join(out, 'e'))).toEqual(before);
  });

  it('tells what it would do in a dry run, and does not even make the output folder', async () => {
    const out = temporaryFolder();
    const changes: FileChange[] = [];
    await generate(join(out, 'new'), first, { dryRun: true });
    expect(existsSync(join(out, 'new'))).toBe(false);
    await generate(out, first);
    const before = timesOf(out);
    const next = { 'configs/a/1.json': 'one', 'configs/a/4.json': 'four', 'plan.json': 'q' };
    const planned = [...Object.keys(next), 'configs/b/3.json'];
    await generate(out, next, { dryRun: true, planned, onChange: (change) => changes.push(change) });
    expect(changes.map(({ path, action }) => `${action} ${path}`)).toEqual([
      'unchanged configs/a/1.json',
      'written configs/a/4.json',
      'written plan.json',
      'removed configs/a/2.json',
      'kept configs/b/3.json',
    ]);
    expect(timesOf(out)).toEqual(before);
  });

  it('puts files into place in their order, the plan last', async () => {
    const out = temporaryFolder();
    const tree = Object.fromEntries(Array.from({ length: 200 }, (_, run) => [`configs/${run}.json`, 'x']));
    await generate(out, { ...tree, 'plan.json': 'old' });
    const files = function* () {
      for (const path of Object.keys(tree)) {
        // Nothing may say that this generation is done while a run of it is missing.
        expect(readFileSync(join(out, 'e/plan.json'), 'utf8')).toBe('old');
        yield { path, text: 'new' };
      }
      yield { path: 'plan.json', text: 'new' };
    };
    await writeGenerated([{ experiment: 'e', files }], { out });
    expect(readFileSync(join(out, 'e/plan.json'), 'utf8')).toBe('new');
  });

  it.each(['../escape', '/etc/passwd', 'a/../../b', 'a//b', './a', '', 'a/', '.manifest.json', '.writing/x'])(
    'refuses the path %j',
    async (path) => {
      const out = temporaryFolder();
      expect(await issuesOf(generate(join(out, 'out'), { [path]: 'x' }))).toMatchObject([
        { code: 'outside-folder' },
      ]);
      expect(treeOf(out)).toEqual({});
    },
  );

  it('refuses an experiment outside the output folder', async () => {
    const out = temporaryFolder();
    const promise = writeGenerated([experiment('../e', { 'plan.json': 'p' })], { out: join(out, 'out') });
    expect(await issuesOf(promise)).toMatchObject([{ code: 'outside-folder' }]);
    expect(treeOf(out)).toEqual({});
  });

  it('leaves everything as it was when rendering fails in the middle, and goes on afterwards', async () => {
    const out = temporaryFolder();
    await generate(out, first);
    const files = function* () {
      yield { path: 'configs/a/1.json', text: 'new' };
      throw new Error('no such template');
    };
    await expect(writeGenerated([{ experiment: 'e', files }], { out })).rejects.toThrow('no such template');
    expect(treeOf(join(out, 'e'))).toEqual(first);
    writeFileSync(join(out, 'e/plan.json'), 'p');
    await generate(out, { ...first, 'configs/a/1.json': 'new' });
    expect(treeOf(join(out, 'e'))).toEqual({ ...first, 'configs/a/1.json': 'new' });
  });
});
