import { readFileSync } from 'node:fs';
import { testLineSchema } from '@mixlab/contracts';
import { describe, expect, it } from 'vitest';

/** What `mixlab.test` writes; a test of the training library holds it to that. */
const lines = readFileSync(new URL('../../training/tests/data/test-lines.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): unknown => JSON.parse(line));

describe('testLineSchema', () => {
  it('takes the lines of mixlab.test', () => {
    const [plain, occluded] = lines.map((line) => testLineSchema.parse(line));
    expect(plain).toMatchObject({ mode: 'test', weights: 'model', images: 355, occlusion: [] });
    expect(occluded?.occlusion).toMatchObject([{ ratio: 0.5, grid: 4 }]);
  });

  it('takes a line from before there was a moving average', () => {
    const { weights: _, ece: __, ...before } = lines[0] as Record<string, unknown>;
    expect(testLineSchema.parse(before).weights).toBe('model');
  });

  it('refuses a share for a percentage above 100', () => {
    expect(testLineSchema.safeParse({ ...(lines[0] as object), top1: 101 }).success).toBe(false);
  });
});
