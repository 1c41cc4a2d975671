import { glob } from 'tinyglobby';

/** The authored experiments of a workspace, `configs/**\/*.config.ts`: paths relative to `home`, sorted. */
export async function findConfigs(home: string): Promise<string[]> {
  const found = await glob('configs/**/*.config.ts', {
    cwd: home,
    ignore: ['**/node_modules/**'],
    dot: false,
  });
  return found.sort();
}
