import { defineSweep, vary } from '@mixlab/dsl';
import { describe, expect, it } from 'vitest';
import { planOf, problemsOf } from './plan-of.ts';
import { toySchema, type Toy } from './toy-schema.ts';

const instead: Record<string, readonly string[]> = {
  note: ['net'],
  'rate.decay': ['rate.start', 'steps'],
  epochs: [],
};
const defineToy = defineSweep<Toy>({ ...toySchema, unread: (path) => instead[path] });
const toy = { name: 'toy', net: 'n', steps: 1 };

describe('a value that nothing reads', () => {
  it.each<[object, string]>([
    [{ note: 'a' }, 'note: nothing in toy reads `note` (did you mean net?)'],
    [
      { 'rate.decay': vary(1, 2) },
      'rate.decay: nothing in toy reads `rate.decay` (expected rate.start and steps, together)',
    ],
    [{ epochs: 3 }, 'epochs: nothing in toy reads `epochs`'],
  ])('%j is refused, with the paths that are read', (fields, expected) => {
    expect(problemsOf(() => planOf(defineToy({ ...toy, ...fields } as typeof toy)))).toEqual([expected]);
  });
});
