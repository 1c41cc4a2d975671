import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Names of the packages that the JavaScript and the declarations in a folder import, sorted. */
export function importedPackages(folder: string): string[] {
  const names = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.m?[jt]s$/.test(file)) continue;
    const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, file), 'utf8'), true, true);
    for (const { fileName } of importedFiles) {
      if (!/^(\.|#|node:)/.test(fileName)) names.add(packageName(fileName));
    }
  }
  return [...names].sort();
}

/** `@mixlab/dsl` of `@mixlab/dsl/origin`. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
