import { pathToFileURL } from 'node:url';
import { linkedPackages, originModule } from './workspace-packages.ts';

// A bundle of the command line holds these modules itself, and has another file in place of this one
// (apps/cli/bin/bundle.mjs).

/** URLs of the modules that compiled authored files share with the generator, by the package's name. */
export const sharedModules: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(linkedPackages).map(([name, file]) => [name, pathToFileURL(file).href]),
);

export const originModuleUrl = pathToFileURL(originModule).href;

/** Called before authored files are imported that import what is not compiled. */
export async function readForeignModules(): Promise<void> {
  // Whoever runs these sources reads TypeScript.
}
