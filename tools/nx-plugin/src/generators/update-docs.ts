import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger, type Tree } from '@nx/devkit';
import { execa } from 'execa';

/** What the questions of generators offer. */
const CHOICES = ['npx', 'tsx', 'tools/nx-plugin/src/write-schemas.mts'];

/** What has to be made anew after a recipe or a method has been added, in order. */
const commands = {
  recipe: () => [['npx', 'vitest', 'run', '-u', '--root', 'libs/catalog', 'tests/recipes.test.ts'], CHOICES],
  method: (name?: string) => [
    ['npx', 'tsx', 'tools/catalog/src/generate.ts'],
    ...(name === undefined
      ? []
      : [['node', 'tools/setup/python.mjs', 'libs/training/gallery/make_gallery.py', name]]),
    CHOICES,
  ],
};

/**
 * Makes catalog and docs anew once a generator's changes are written. Where that fails, the changes are taken back.
 *
 * @returns does it
 * @throws Error, from what it returns, naming the command that failed, with what it printed
 */
export function docsUpdate(tree: Tree, kind: keyof typeof commands, name?: string): () => Promise<void> {
  const former = tree.listChanges().map(({ path }) => {
    const file = join(tree.root, path);
    return [file, existsSync(file) ? readFileSync(file) : undefined] as const;
  });
  return async () => {
    const failed = await runEach(commands[kind](name), tree.root, (line) => logger.info(line));
    if (failed === undefined) return;
    for (const [file, content] of former) {
      if (content === undefined) rmSync(file, { force: true });
      else writeFileSync(file, content);
    }
    // What is made of them is as it was, as far as it can be made.
    await runEach(commands[kind](), tree.root);
    throw new Error(`${failed}\nthe files are as they were before; does the workspace need "npm run setup"?`);
  };
}

/** What failed, if any of the commands did; those after it are not run. */
async function runEach(
  each: readonly (readonly string[])[],
  root: string,
  say: (line: string) => void = () => undefined,
): Promise<string | undefined> {
  for (const [program, ...args] of each) {
    const line = [program, ...args].join(' ');
    say(`$ ${line}`);
    const { exitCode, all } = await execa(program!, args, { cwd: root, reject: false, all: true });
    if (exitCode !== 0) return `${line} ended with ${exitCode}:\n${all}`;
  }
  return undefined;
}
