import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generate, issuesOf, put, temporaryFolder, treeOf } from './folders.ts';
import { startGeneration } from './generating-process.ts';

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && process.platform === 'linux' && mountWorks();

function mountWorks(): boolean {
  return !execaSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { reject: false }).failed;
}

function mount(options: string): string {
  const folder = temporaryFolder();
  execaSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  onTestFinished(() => void execaSync('umount', [folder]));
  return folder;
}

describe.skipIf(!canMount)('on a file system of its own (needs root and mount)', () => {
  it('a full disk is one line that names the file, and leaves every file whole', async () => {
    const out = mount('size=1m');
    await startGeneration({ out, version: 'v1', count: 60 }).done;
    const before = treeOf(join(out, 'bench'));
    const { code, lines } = await startGeneration({ out, version: 'v2', count: 400 }).done;
    expect(code).toBe(1);
    expect(lines).toEqual([
      'writing',
      expect.stringMatching(/^cannot-write: cannot write \S+ no space left on the disk \(ENOSPC\)$/),
    ]);
    const tree = treeOf(join(out, 'bench'));
    for (const [path, text] of Object.entries(tree)) {
      if (!path.startsWith('.writing')) expect(text, path).toMatch(/^v[12](\n| x{5000} \d+\n)$/);
    }
    for (const path of Object.keys(before)) expect(tree).toHaveProperty([path]);
    // With less to write, the next one needs no --force.
    expect((await startGeneration({ out, version: 'v3', count: 30 }).done).code).toBe(0);
    expect(Object.keys(treeOf(join(out, 'bench')))).toHaveLength(31);
  });

  it('a read-only disk is one line', async () => {
    const out = mount('size=1m');
    await generate(out, { 'plan.json': 'p' });
    execaSync('mount', ['-o', 'remount,ro', out]);
    expect(await issuesOf(generate(out, { 'plan.json': 'q' }))).toEqual([
      { code: 'cannot-write', message: `cannot write ${out}: the file system is read-only (EROFS)` },
    ]);
    expect(treeOf(out)).toEqual({ 'e/plan.json': 'p' });
  });
});

describe.skipIf(process.platform !== 'linux')('a file system that makes no folders', () => {
  it('is one line, and no endless loop', async () => {
    expect(await issuesOf(generate('/proc/mixlab/out', { 'plan.json': 'p' }))).toEqual([
      { code: 'cannot-write', message: 'cannot write /proc/mixlab/out: it is not there (ENOENT)' },
    ]);
  });
});

describe('a folder that may not be written', () => {
  it('is one line', async () => {
    const out = join(temporaryFolder(), 'out');
    mkdirSync(out);
    chmodSync(out, 0o555);
    const promise = isRoot
      ? asNobody(() => generate(out, { 'plan.json': 'p' }))
      : generate(out, { 'plan.json': 'p' });
    expect(await issuesOf(promise)).toEqual([
      { code: 'cannot-write', message: `cannot write ${out}: permission denied (EACCES)` },
    ]);
    expect(treeOf(out)).toEqual({});
  });

  it('below the output folder names the file, and nothing else is written', async () => {
    const out = temporaryFolder();
    chmodSync(out, 0o777);
    put(out, { 'e/notes.txt': 'mine' });
    chmodSync(join(out, 'e'), 0o555);
    const write = () => generate(out, { 'configs/1.json': 'one', 'plan.json': 'p' });
    expect(await issuesOf(isRoot ? asNobody(write) : write())).toMatchObject([
      { code: 'cannot-write', message: `cannot write ${out}/e: permission denied (EACCES)` },
    ]);
    chmodSync(join(out, 'e'), 0o755);
    expect(treeOf(out)).toEqual({ 'e/notes.txt': 'mine' });
  });
});

it('an output folder that is a file is one line', async () => {
  const folder = temporaryFolder();
  put(folder, { out: 'x' });
  expect(await issuesOf(generate(join(folder, 'out'), { 'plan.json': 'p' }))).toMatchObject([
    { message: `cannot write ${folder}/out: something else lies there (EEXIST)` },
  ]);
  expect(await issuesOf(generate(join(folder, 'out/deep'), { 'plan.json': 'p' }))).toMatchObject([
    { message: `cannot write ${folder}/out/deep: a file lies where a folder is needed (ENOTDIR)` },
  ]);
});

it('a name that is too long for the file system is one line', async () => {
  const out = temporaryFolder();
  const path = `configs/${'x'.repeat(300)}.json`;
  const [issue] = await issuesOf(generate(out, { [path]: '{}', 'plan.json': 'p' }));
  expect(issue?.message).toBe(
    `cannot write ${out}/e/${path}: the name is too long for this file system (ENAMETOOLONG)`,
  );
  expect(treeOf(out)).toEqual({});
});

/** Root may write everywhere; as `nobody` the rights of a folder count. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
