import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Lab } from '@mixlab/e2e/lab';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

interface Block {
  readonly language: string;
  readonly text: string;
}

describe('the tutorial', () => {
  it('does what it says, block by block', async () => {
    const lab = new Lab({});
    let printed = '';
    let ran = 0;
    for (const { language, text } of blocksOf(readFileSync(join(root, 'docs/tutorial.md'), 'utf8'))) {
      if (language === 'ts') {
        const [, path] = /^\/\/ (configs\/\S+)$/m.exec(text) ?? [];
        expect(path, `the first line names the file:\n${text}`).toBeDefined();
        lab.write(path!, text);
      } else if (language === 'bash') {
        const shell = ['-e', '-o', 'pipefail', '-c', text];
        const { exitCode, all } = await execa('bash', shell, {
          cwd: lab.home,
          env: lab.env,
          reject: false,
          all: true,
        });
        expect(exitCode, `${text}\n${all}`).toBe(Number(/# exit code (\d+)/.exec(text)?.[1] ?? 0));
        printed = all;
        ran += 1;
      } else if (language === 'text') {
        expect(printed.trim()).toMatch(asPattern(text));
      }
    }
    expect(ran).toBeGreaterThan(5);
  });
});

/** Fenced blocks in their order. One without a language is set-up, which the lab has behind it. */
function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** What may be printed: numbers with a point and times of day differ from machine to machine, `…` is anything. */
function asPattern(text: string): RegExp {
  const lines = text.trim().split('\n');
  const patterns = lines.map((line) => {
    if (line.trim() === '…') return '[^]*';
    const quoted = line.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return quoted
      .replace(/\d+\\\.\d+/g, '\\d+(\\.\\d+)?')
      .replace(/\d\d:\d\d(:\d\d)?/g, '\\d\\d:\\d\\d(:\\d\\d)?')
      .replace(/ +/g, ' +')
      .replaceAll('…', '.*');
  });
  return new RegExp(`^${patterns.join('\\s*\\n\\s*')}$`);
}
