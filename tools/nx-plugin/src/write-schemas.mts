import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { commandLoaders } from 'mixlab/commands';
import { optionsToJsonSchema } from 'mixlab/options-json-schema';
import { format } from 'prettier';
import { commandsPage } from './commands-page.mts';
import executors from '../executors.json' with { type: 'json' };

/**
 * `tsx write-schemas.mts [--check]`: what follows from the commands' own options: the executors' schema.json files, and
 * the page of the commands.
 */
const root = resolve(import.meta.dirname, '../../..');
const files = new Map<string, string>();
for (const name of Object.keys(executors.executors)) {
  const text = await format(JSON.stringify(optionsToJsonSchema(await commandLoaders[name]!())), {
    parser: 'json',
    printWidth: 110,
  });
  files.set(join(import.meta.dirname, 'executors', `${name}.schema.json`), text);
}
const commands = await Promise.all(Object.values(commandLoaders).map((load) => load()));
files.set(join(root, 'docs/reference/commands.md'), commandsPage(commands));

const stale = [...files.keys()].filter((file) => read(file) !== files.get(file));
if (!process.argv.includes('--check')) for (const file of stale) writeFileSync(file, files.get(file)!);
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(
    `stale: ${stale.map((file) => basename(file)).join(', ')}: run npx nx run nx-plugin:schemas and commit the result`,
  );
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
