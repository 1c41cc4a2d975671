import { logger } from '@nx/devkit';
import { execa } from 'execa';

/** What the questions of generators offer. */
const CHOICES = ['npx', 'tsx', 'tools/nx-plugin/src/write-schemas.mts'];

/** What has to be made anew after a recipe or a method has been added, in order. */
const commands = {
  recipe: () => [['npx', 'vitest', 'run', '-u', '--root', 'libs/catalog', 'tests/recipes.test.ts'], CHOICES],
  method: (name: string) => [
    ['npx', 'tsx', 'tools/catalog/src/generate.ts'],
    ['node', 'tools/setup/python.mjs', 'libs/training/gallery/make_gallery.py', name],
    CHOICES,
  ],
};

/**
 * Makes catalog and docs anew, in the workspace at `root`.
 *
 * @throws Error naming the command that failed, with what it printed
 */
export async function updateDocs(root: string, kind: keyof typeof commands, name = ''): Promise<void> {
  for (const [program, ...args] of commands[kind](name)) {
    logger.info(`$ ${[program, ...args].join(' ')}`);
    const { exitCode, all } = await execa(program!, args, { cwd: root, reject: false, all: true });
    if (exitCode !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${exitCode}:\n${all}`);
  }
}
