import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { glob } from 'tinyglobby';

/** The authored experiments of a workspace, `configs/**\/*.config.ts`: paths relative to `home`, sorted. */
export async function findConfigs(home: string): Promise<string[]> {
  return find(home, 'configs/**/*.config.ts');
}

/** What `mixlab catalog` wrote of users' own packages. */
export async function findCatalogs(home: string): Promise<string[]> {
  return find(home, 'configs/**/*.catalog.ts');
}

async function find(home: string, pattern: string): Promise<string[]> {
  const found = await glob(pattern, {
    cwd: home,
    ignore: ['**/node_modules/**'],
    dot: false,
  });
  // A link to a folder above leads to the same files again: the shortest path is theirs.
  const byPlace = new Map<string, string>();
  for (const file of found.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))) {
    const place = realpathSync(join(home, file));
    // Of a device, which a link may lead to, there would be no end.
    if (!byPlace.has(place) && statSync(place).isFile()) byPlace.set(place, file);
  }
  return [...byPlace.values()].sort();
}
