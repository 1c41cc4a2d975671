import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

it('the package that the page of own methods shows is the one that the tests install and train', () => {
  const page = readFileSync(join(root, 'docs/own-method.md'), 'utf8');
  const fixture = join(root, 'tools/e2e/fixtures/my_pkg');
  const shown = [...page.matchAll(/^```(?:python|toml)\n# (\S+)\n(.*?)^```$/gms)];
  expect(shown.map(([, file]) => file).toSorted()).toEqual(
    globSync('**/*.{py,toml}', { cwd: fixture, ignore: ['**/build/**'] }).toSorted(),
  );
  for (const [, file = '', text] of shown) expect(text).toBe(readFileSync(join(fixture, file), 'utf8'));
});
