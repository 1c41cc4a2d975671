import { literalName } from '@mixlab/authoring/literal-name';
import { visitNotIgnoredFiles, type Tree } from '@nx/devkit';
import { ts } from 'ts-morph';

/** The names of the experiments that there are, as far as their text tells them, each with its file. */
export function authoredNames(tree: Tree): [name: string, file: string][] {
  const found: [string, string][] = [];
  visitNotIgnoredFiles(tree, 'configs', (file) => {
    if (!file.endsWith('.config.ts')) return;
    const source = ts.createSourceFile(file, tree.read(file, 'utf-8') ?? '', ts.ScriptTarget.Latest);
    const name = literalName(source);
    if (name !== undefined) found.push([name, file]);
  });
  return found;
}
