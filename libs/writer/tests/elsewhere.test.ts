import { readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeGenerated, type ExperimentFiles } from '@mixlab/writer';
import { describe, expect, it } from 'vitest';
import { experiment, issuesOf, put, temporaryFolder, timesOf, treeOf, type Tree } from './folders.ts';

/** An experiment in the folder `a/b` of an output folder, with files that lie beside somebody's own. */
const among = (tree: Tree, planned?: readonly string[]): ExperimentFiles => ({
  ...experiment('a/b', tree, planned),
  elsewhere: true,
});

const first = { '../../configs/r18/1.json': 'one', '../../configs/r18/2.json': 'two', 'plan.json': 'p' };

describe('files outside of the folder of their experiment', () => {
  it('are written, left alone while they are right, and removed with their run', async () => {
    const out = temporaryFolder();
    put(out, { 'configs/r18.py': 'mine' });
    expect(await writeGenerated([among(first)], { out })).toMatchObject([{ written: 3 }]);
    const whole = { 'configs/r18.py': 'mine', 'configs/r18/1.json': 'one', 'configs/r18/2.json': 'two' };
    expect(treeOf(out)).toEqual({ ...whole, 'a/b/plan.json': 'p' });
    expect(readFileSync(join(out, 'a/b/.manifest.json'), 'utf8')).toContain('"../../configs/r18/1.json": "');
    const before = timesOf(join(out, 'configs'));
    expect(await writeGenerated([among(first)], { out })).toMatchObject([{ unchanged: 3, written: 0 }]);
    expect(timesOf(join(out, 'configs'))).toEqual(before);
    const [summary] = await writeGenerated([among({ 'plan.json': 'q' }, Object.keys(first))], { out });
    expect(summary).toMatchObject({ kept: 2, removed: 0 });
    expect(await writeGenerated([among({ 'plan.json': 'q' })], { out })).toMatchObject([{ removed: 2 }]);
    expect(treeOf(out)).toEqual({ 'configs/r18.py': 'mine', 'a/b/plan.json': 'q' });
  });

  it('are never written over what is somebody else’s or was changed, nor through a link', async () => {
    const out = temporaryFolder();
    await writeGenerated([among(first)], { out });
    put(out, { 'configs/r18/1.json': 'changed', 'configs/r18/3.json': 'foreign', 'real/x': '' });
    symlinkSync(join(out, 'real'), join(out, 'configs/link'));
    const next = {
      ...first,
      '../../configs/r18/1.json': 'new',
      '../../configs/r18/3.json': 'three',
      '../../configs/link/4.json': 'four',
    };
    const before = treeOf(out);
    expect((await issuesOf(writeGenerated([among(next)], { out }))).map(({ code }) => code)).toEqual([
      'changed-by-hand',
      'foreign-file',
      'in-the-way',
    ]);
    expect(treeOf(out)).toEqual(before);
    unlinkSync(join(out, 'configs/link'));
    await writeGenerated([among(next)], { out, force: true });
    expect(treeOf(out)).toMatchObject({ 'configs/r18/3.json': 'three', 'configs/link/4.json': 'four' });
  });

  it.each([
    '../../../outside.json',
    '../b/inside.json',
    '../../configs/../x.json',
    '../../c/.manifest.json',
    '../../.lock/x',
  ])('%j is refused', async (path) => {
    const out = join(temporaryFolder(), 'out');
    expect(await issuesOf(writeGenerated([among({ [path]: 'x' })], { out }))).toMatchObject([
      { code: 'outside-folder' },
    ]);
  });

  it('a manifest that names something outside of the output folder is corrupt', async () => {
    const out = temporaryFolder();
    await writeGenerated([among(first)], { out });
    const manifest = join(out, 'a/b/.manifest.json');
    const text = readFileSync(manifest, 'utf8').replace('../../configs/r18/1', '../../../configs/r18/1');
    put(out, { 'a/b/.manifest.json': text });
    expect(await issuesOf(writeGenerated([among(first)], { out }))).toMatchObject([
      { code: 'corrupt-manifest' },
    ]);
  });
});
