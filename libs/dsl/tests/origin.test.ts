import { mix, together, vary } from '@mixlab/dsl';
import { at, originOf } from '@mixlab/dsl/origin';
import { describe, expect, it } from 'vitest';

const file = 'configs/example.config.ts';

describe('at', () => {
  it('returns the value itself and remembers where its parts are', () => {
    const value = { lr: 0.1, momentum: 0.9 };
    expect(at(value, file, { '': [3, 9], lr: [4, 5], momentum: [5, 5] })).toBe(value);
    expect(originOf(value)).toEqual({ file, line: 3, column: 9 });
    expect(originOf(value, 'momentum')).toEqual({ file, line: 5, column: 5 });
    expect(originOf(value, 'nesterov')).toBeUndefined();
  });

  it('takes elements by index', () => {
    const list = at([1, 2], file, { '': [1, 1], '0': [1, 2], '1': [1, 5] });
    expect(originOf(list, 1)).toEqual({ file, line: 1, column: 5 });
  });

  it.each([1, 'text', true, null, undefined])('lets %s pass through', (value) => {
    expect(at(value, file, { '': [1, 1] })).toBe(value);
    expect(originOf(value)).toBeUndefined();
  });

  it('keeps the place that the innermost expression gave', () => {
    const inner = at({ alpha: 1 }, file, { '': [1, 1], alpha: [1, 3] });
    at(inner, 'configs/other.config.ts', { '': [9, 9], alpha: [9, 9] });
    expect(originOf(inner, 'alpha')).toEqual({ file, line: 1, column: 3 });
  });

  it('takes frozen values', () => {
    expect(originOf(at(Object.freeze({ a: 1 }), file, { a: [2, 3] }), 'a')).toEqual({
      file,
      line: 2,
      column: 3,
    });
  });
});

describe('constructors', () => {
  it('carry the places of a method’s parameters over', () => {
    const method = mix.mixup(at({ alpha: 0.2 }, file, { '': [1, 11], alpha: [1, 13] }));
    expect(originOf(method, 'alpha')).toEqual({ file, line: 1, column: 13 });
    expect(originOf(method, 'name')).toBeUndefined();
  });

  it('carry the places of a mixture’s pairs over', () => {
    const pair = at([mix.mixup(), 0.5] as const, file, { '': [2, 1], '0': [2, 2], '1': [2, 15] });
    const mixture = mix.oneOf(at([pair], file, { '': [1, 1], '0': [2, 1] })) as {
      readonly choices: readonly object[];
    };
    expect(originOf(mixture.choices, 0)).toEqual({ file, line: 2, column: 1 });
    expect(originOf(mixture.choices[0], 'probability')).toEqual({ file, line: 2, column: 15 });
  });

  it('know the values of `together` by field and alternative', () => {
    const coupled = together(
      at({ maxEpochs: 100 }, file, { '': [1, 1], maxEpochs: [1, 3] }),
      at({ maxEpochs: 300 }, file, { '': [2, 1], maxEpochs: [2, 3] }),
    );
    expect(originOf(coupled.maxEpochs, 1)).toEqual({ file, line: 2, column: 3 });
  });

  it('know the values of `vary` by argument', () => {
    const varied = at(vary(100, 300), file, { '': [1, 1], '0': [1, 6], '1': [1, 11] });
    expect(originOf(varied, 1)).toEqual({ file, line: 1, column: 11 });
  });
});
