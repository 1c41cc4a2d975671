import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names of the experiments that have a plan under `out`, sorted. Does not look into an experiment's own folder: no
 * experiment's name is a path prefix of another's, and there may be a hundred thousand configs.
 */
export function findPlans(out: string): string[] {
  return search(out, '').sort();
}

function search(folder: string, name: string): string[] {
  if (name !== '' && existsSync(join(folder, 'plan.json'))) return [name];
  if (existsSync(join(folder, '.manifest.json')) || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && !entry.name.startsWith('.')
      ? search(join(folder, entry.name), name === '' ? entry.name : `${name}/${entry.name}`)
      : [],
  );
}
