import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate, issuesOf, temporaryFolder, treeOf } from './folders.ts';
import { startGeneration } from './generating-process.ts';

const tree = { 'plan.json': 'p' };

/** A lock as another process would have left it. */
function leaveLock(out: string, holder: object): void {
  mkdirSync(join(out, '.lock'), { recursive: true });
  writeFileSync(join(out, '.lock', 'token'), JSON.stringify(holder));
}

describe('two generations of one output folder', () => {
  it('take turns: the second waits for the first', async () => {
    const out = temporaryFolder();
    const first = startGeneration({ out, version: 'v1', count: 50, holdMs: 300 });
    await first.writing;
    const second = startGeneration({ out, version: 'v2', count: 50, waitMs: 20_000 });
    expect((await first.done).code).toBe(0);
    expect((await second.done).code).toBe(0);
    const texts = Object.values(treeOf(join(out, 'bench')));
    expect(texts).toHaveLength(51);
    expect(texts.every((text) => text.startsWith('v2'))).toBe(true);
    expect(readdirSync(out)).toEqual(['bench']);
  });

  it('are refused when the first takes too long, with who holds it', async () => {
    const out = temporaryFolder();
    const first = startGeneration({ out, version: 'v1', count: 1, holdMs: 60_000 });
    await first.writing;
    const [issue] = await issuesOf(generate(out, tree, { waitMs: 120 }));
    expect(issue).toEqual({
      code: 'locked',
      message:
        `${out} is being written by process ${first.process.pid} on ${hostname()}; wait until it is done ` +
        `(if it does not run any more, remove ${out}/.lock)`,
    });
    // Killed, it holds nothing any more, and nobody has to wait.
    first.process.kill('SIGKILL');
    await first.done;
    await generate(out, tree, { waitMs: 0 });
    expect(readdirSync(out)).not.toContain('.lock');
  });

  it('started at once, many of them, all go through one by one', async () => {
    const out = temporaryFolder();
    const versions = ['v1', 'v2', 'v3', 'v4'];
    const all = versions.map((version) => startGeneration({ out, version, count: 100, waitMs: 50_000 }));
    for (const one of all) expect((await one.done).code).toBe(0);
    const texts = Object.values(treeOf(join(out, 'bench')));
    expect(new Set(texts.map((text) => text.slice(0, 2).trim())).size).toBe(1);
    expect(texts).toHaveLength(101);
  });

  it('within one process wait for each other too', async () => {
    const out = temporaryFolder();
    const summaries = await Promise.all([1, 2, 3].map(() => generate(out, tree)));
    expect(summaries.flat().map(({ written }) => written)).toEqual([1, 0, 0]);
  });
});

describe('a lock that was left behind', () => {
  const here = { host: hostname(), boot: null, pid: process.pid, start: null };

  it.each([
    ['a process that is gone', { ...here, pid: 2 ** 30 }],
    ['another process that has its number now', { ...here, start: '1' }],
    ['an earlier start of this machine', { ...here, boot: 'another' }],
  ])('by %s is taken over at once', async (_, holder) => {
    const out = temporaryFolder();
    leaveLock(out, holder);
    await generate(out, tree, { waitMs: 0 });
    expect(readdirSync(out)).toEqual(['e']);
  });

  it.each([
    ['by a process of another host', { ...here, host: 'elsewhere', pid: 7 }, 'process 7 on elsewhere'],
    ['by nobody knows whom', {}, 'another process'],
  ])('%s is respected', async (_, holder, who) => {
    const out = temporaryFolder();
    leaveLock(out, holder);
    const [issue] = await issuesOf(generate(out, tree, { waitMs: 0 }));
    expect(issue?.message).toContain(`is being written by ${who};`);
    expect(readdirSync(out)).toEqual(['.lock']);
  });

  it('empty, by a crash while it was given back, is free', async () => {
    const out = temporaryFolder();
    mkdirSync(join(out, '.lock'));
    await generate(out, tree, { waitMs: 0 });
    expect(readdirSync(out)).toEqual(['e']);
  });
});
