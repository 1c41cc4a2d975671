import { defineCommand } from '@mixlab/contracts';
import { planOptions } from '@mixlab/results';
import { z } from 'zod';
import { configsOptions } from './configs-options.ts';

const { experiment, set, out, engine, strictOpenmixup, json } = configsOptions.shape;

export const diffOptions = z.strictObject({
  experiment,
  set,
  out,
  workDir: planOptions.workDir,
  engine,
  strictOpenmixup,
  json,
});

export type DiffOptions = z.output<typeof diffOptions>;

/** `mixlab diff`: what `mixlab configs` would change against the plans on disk and what was trained. Writes nothing. */
export const diffCommand = defineCommand({
  name: 'diff',
  description:
    'Show which runs "mixlab configs" would add, remove, rename and change, and what was trained of them',
  options: diffOptions,
  run: async (options, io) => (await import('./run-diff.ts')).runDiff(options, io),
});
