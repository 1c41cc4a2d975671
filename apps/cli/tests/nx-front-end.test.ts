import { expect, it } from 'vitest';
import { commandLoaders, optionsToArgv, optionsToJsonSchema } from '../src/index.ts';

it('gives back as arguments what a front end has parsed', () => {
  expect(
    optionsToArgv({
      _: [],
      mixMode: ['cutmix', 'mixup'],
      maxEpochs: 100,
      set: ['dataset.mean=[0.5', '0.5]'],
      dryRun: true,
      force: false,
      json: 'runs.json',
      out: undefined,
      mixmode: 'unknown',
    }),
  ).toEqual([
    '--mix-mode=cutmix',
    '--mix-mode=mixup',
    '--max-epochs=100',
    '--set=dataset.mean=[0.5',
    '--set=0.5]',
    '--dry-run',
    '--json=runs.json',
    '--mixmode=unknown',
  ]);
});

it('lets a front end take anything, so that the command itself tells all problems', async () => {
  const schema = optionsToJsonSchema(await commandLoaders['configs']!());
  expect(schema).not.toHaveProperty('additionalProperties');
  const properties = schema['properties'] as Record<string, { oneOf: unknown[]; alias?: string }>;
  expect(Object.keys(properties)).toContain('mixMode');
  expect(properties['dryRun']).toMatchObject({
    alias: 'n',
    oneOf: expect.arrayContaining([{ type: 'string' }]),
  });
  expect(properties['backbone']!.oneOf).toContainEqual({ type: 'array', items: expect.anything() });
});

it('names an argument that the command line takes without its name', async () => {
  const schema = optionsToJsonSchema(await commandLoaders['logs']!());
  expect(Object.keys(schema['properties'] as object)).toContain('run');
  expect(optionsToArgv({ run: ['resnet18-*', '3f9c/trial2'] })).toEqual([
    '--run=resnet18-*',
    '--run=3f9c/trial2',
  ]);
});
