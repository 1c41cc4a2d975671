import { createPythonParser } from '@mixlab/importer';
import { expect, it } from 'vitest';

const parser = await createPythonParser();

it('parses floats that end in a point', () => {
  const module = parser.parse('lr_config = dict(policy="CosineAnnealing", min_lr=0.)\n');
  expect(module.hasError).toBe(false);
  expect(module.descendantsOfType('float').map((node) => node?.text)).toEqual(['0.']);
});

it('keeps what is no Python as an error', () => {
  expect(parser.parse('model = dict(type=')).toMatchObject({ hasError: true });
});
