import { shellQuote } from '@mixlab/engines';
import { execaSync } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bash } from './lab.ts';

/** What bash makes of a line of quoted words. */
function readBack(words: readonly string[]): string[] {
  const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
  const { stdout } = execaSync(bash, ['-c', script], { stripFinalNewline: false });
  return stdout.split('\0').slice(0, -1);
}

describe('shellQuote', () => {
  it.each([
    ['resnet50-cutmix-ep100-a1-3f9c2b7e', 'resnet50-cutmix-ep100-a1-3f9c2b7e'],
    ['configs/a/b.json', 'configs/a/b.json'],
    ['', `''`],
    ['two words', `'two words'`],
    [`it's`, `'it'\\''s'`],
    ['$(rm -rf ~) `id` $HOME', `'$(rm -rf ~) \`id\` $HOME'`],
    ['~', `'~'`],
    ['line\nline', `$'line\\nline'`],
    [`'\t\\n`, `$'\\'\\011\\\\n'`],
  ])('writes %j as %s', (value, quoted) => {
    expect(shellQuote(value)).toBe(quoted);
    expect(readBack([value])).toEqual([value]);
  });

  it('gives bash back exactly what it was given', () => {
    const nasty = fc.constantFrom(
      "'",
      '"',
      '$',
      '`',
      '\\',
      '!',
      '\n',
      '\r',
      '\x7f',
      ' ',
      '~',
      '*',
      '{a,b}',
      'é',
      '🙂',
    );
    const unit = fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }));
    const word = fc
      .array(unit, { maxLength: 12 })
      .map((parts) => parts.join(''))
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        expect(readBack(words)).toEqual(words);
        // In a comment it must not begin a line of its own.
        for (const quoted of words.map(shellQuote)) expect(quoted).not.toMatch(/[\n\r]/);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['a\0b', '\ud800', 'x\udc00'])('refuses %j, which no argument can hold', (value) => {
    expect(() => shellQuote(value)).toThrow(RangeError);
  });
});
