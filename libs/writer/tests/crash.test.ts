import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { put, temporaryFolder, treeOf } from './folders.ts';
import { startGeneration } from './generating-process.ts';

const count = 1500;
const kills = 12;

function run(out: string, version: string, waitMs = 0) {
  return startGeneration({ out, version, count, waitMs }).done;
}

describe('a generation killed with -9', () => {
  it('leaves each file whole, and the next one goes through without --force', async () => {
    const out = temporaryFolder();
    await run(out, 'v0');
    let interrupted = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      const killed = startGeneration({ out, version: `v${kill}`, count });
      await killed.writing;
      // Early kills meet the scan and the first files, late ones the manifest and the removal of orphans.
      await sleep((kill / kills) * 120);
      killed.process.kill('SIGKILL');
      if ((await killed.done).code === null) interrupted += 1;
      for (const [path, text] of Object.entries(treeOf(join(out, 'bench')))) {
        if (path.startsWith('.writing')) continue;
        const run = /(\d+)\.json$/.exec(path)?.[1];
        const whole = run === undefined ? /^[vw]\d+\n$/ : new RegExp(`^[vw]\\d+ x{5000} ${run}\n$`);
        expect(text, path).toMatch(whole);
      }
      // Every second time another generation is killed on top of what the last one left.
      if (kill % 2 === 1) continue;
      expect(await run(out, `w${kill}`)).toMatchObject({ code: 0 });
      const tree = treeOf(join(out, 'bench'));
      expect(Object.keys(tree)).toHaveLength(count + 1);
      for (const text of Object.values(tree)) expect(text.startsWith(`w${kill}`)).toBe(true);
      expect(existsSync(join(out, 'bench/.writing'))).toBe(false);
    }
    expect(interrupted).toBeGreaterThan(kills / 3);
    expect(readdirSync(out)).toEqual(['bench']);
  });

  it('does not make a file changed by hand meanwhile its own', async () => {
    const out = temporaryFolder();
    await run(out, 'v0');
    const killed = startGeneration({ out, version: 'v1', count, holdMs: 60_000 });
    await killed.writing;
    await sleep(300);
    killed.process.kill('SIGKILL');
    await killed.done;
    put(out, { 'bench/configs/shared/0.json': 'mine' });
    const { code, lines } = await run(out, 'v2');
    expect(code).toBe(1);
    expect(lines).toEqual([
      'writing',
      expect.stringMatching(/^changed-by-hand: .*shared\/0.json was changed/),
    ]);
    expect(treeOf(join(out, 'bench'))['configs/shared/0.json']).toBe('mine');
  });
});
