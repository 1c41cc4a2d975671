import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '@mixlab/files';
import { execaSync } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab files '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('makes what is missing of a path, and leaves what is there', () => {
  const folder = join(temporaryFolder(), 'a', 'b', 'c');
  makeFolder(folder);
  makeFolder(folder);
  expect(statSync(folder).isDirectory()).toBe(true);
});

it('says what is in the way', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(/EEXIST/);
  expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(/ENOTDIR/);
});

describe.skipIf(process.platform !== 'linux')('a file system that makes no folders', () => {
  it('is told as what it is, where Node says that there is no such file (needs root for mount)', ({
    skip,
  }) => {
    const disk = temporaryFolder();
    const { exitCode } = execaSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk], { reject: false });
    if (exitCode !== 0) skip('no file system can be mounted here');
    onTestFinished(() => void execaSync('umount', [disk]));
    expect(() => makeFolder(join(disk, 'a', 'b'))).toThrow(/EROFS/);
  });

  it('is no endless loop', () => {
    expect(() => makeFolder('/proc/mixlab/a/b')).toThrow(/ENOENT/);
  });
});
