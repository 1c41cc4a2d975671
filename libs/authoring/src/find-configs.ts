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
  return found.sort();
}
