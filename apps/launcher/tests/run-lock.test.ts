import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockHolder, takeLock } from '@mixlab/launch';
import type { HeldLock, LockHolder } from '@mixlab/launch';
import { thisProcess } from '@mixlab/results';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const python = join(root, '.venv/bin/python');
/** Holds the directory that it is given, for some seconds; says which attempt that is. */
const holder = join(root, 'libs/training/tests/fixtures/holder.py');

function runDirectory(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab lock '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const directory = join(folder, 'trial1');
  mkdirSync(directory);
  return directory;
}

function locks(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.includes('lock'));
}

function take(directory: string, isDead: (holder: LockHolder) => boolean = () => false): HeldLock {
  const lock = takeLock(directory, thisProcess()!, isDead);
  if (!('release' in lock)) throw new Error(`held by ${JSON.stringify(lock)}`);
  return lock;
}

it('the training library finds a directory held while this process has its lock', async () => {
  const directory = runDirectory();
  const lock = take(directory);
  const refused = await execa(python, [holder, directory], { reject: false });
  expect([refused.exitCode, refused.stderr]).toEqual([
    3,
    expect.stringContaining(`is held by process ${process.pid} on `),
  ]);
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
  expect((await execa(python, [holder, directory], { reject: false })).exitCode).toBe(75);
});

it("the training library's lock is respected, and followed once its process is dead", async () => {
  const directory = runDirectory();
  const training = execa(python, [holder, directory, '600'], { reject: false });
  onTestFinished(() => void training.kill('SIGKILL'));
  await once(training.stdout, 'data');
  const kept = takeLock(directory, thisProcess()!, () => false);
  expect(kept).toMatchObject({ record: { pid: training.pid } });
  training.kill('SIGKILL');
  await training;
  const lock = take(directory, ({ record }) => record?.['pid'] === training.pid);
  expect(lockHolder(directory)?.record).toMatchObject({ pid: process.pid });
  expect(locks(directory)).toEqual(['lock']);
  lock.release();
  expect(locks(directory)).toEqual([]);
});

it('a take-over that another has begun is followed, a lost lock is not released', () => {
  const directory = runDirectory();
  writeFileSync(join(directory, 'lock'), '{"token": "a1"}');
  writeFileSync(join(directory, 'lock.after.a1'), '{"token": "b2"}');
  expect(lockHolder(directory)?.token).toBe('b2');
  expect(takeLock(directory, thisProcess()!, ({ token }) => token === 'a1')).toMatchObject({ token: 'b2' });
  const lock = take(directory, () => true);
  expect(locks(directory)).toEqual(['lock']);
  const stolen = '{"token": "c3"}';
  writeFileSync(join(directory, 'lock'), stolen);
  lock.release();
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe(stolen);
});

it('a damaged lock names nobody', () => {
  const directory = runDirectory();
  writeFileSync(join(directory, 'lock'), '{"tok');
  expect(lockHolder(directory)).toEqual({
    token: expect.stringMatching(/^damaged[0-9a-f]{16}$/),
    record: null,
  });
});
