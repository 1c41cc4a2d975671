import { methods, recipes } from '@mixlab/catalog';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { commandLoaders } from 'mixlab/commands';
import { optionsToJsonSchema } from 'mixlab/options-json-schema';
import { format } from 'prettier';
import { commandsPage } from './commands-page.mts';
import executors from '../executors.json' with { type: 'json' };

/**
 * `tsx write-schemas.mts [--check]`: what follows from the commands' own options: the executors' schema.json files, and
 * the page of the commands. Beside them, what the questions of generators offer.
 */
const root = resolve(import.meta.dirname, '../../..');
const files = new Map<string, string>();
for (const name of Object.keys(executors.executors)) {
  const schema = optionsToJsonSchema(await commandLoaders[name]!());
  files.set(join(import.meta.dirname, 'executors', `${name}.schema.json`), await printed(schema));
}
const commands = await Promise.all(Object.values(commandLoaders).map((load) => load()));
files.set(join(root, 'docs/reference/commands.md'), commandsPage(commands));
const recipeNames = Object.keys(recipes);
const methodNames = methods.map(({ name }) => name).filter((name) => name !== 'oneOf');
await offer('experiment', { recipe: recipeNames, methods: methodNames });
await offer('recipe', { from: recipeNames });

const stale = [...files.keys()].filter((file) => read(file) !== files.get(file));
if (!process.argv.includes('--check')) for (const file of stale) writeFileSync(file, files.get(file)!);
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(
    `stale: ${stale.map((file) => basename(file)).join(', ')}: run npx nx run nx-plugin:schemas and commit the result`,
  );
  process.exitCode = 1;
}

/** Puts what there is to choose from into a generator's questions. */
async function offer(name: string, choices: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const file = join(import.meta.dirname, 'generators', `${name}.schema.json`);
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  for (const [option, items] of Object.entries(choices)) {
    schema.properties[option]['x-prompt'].items = items.map((value) => ({ value, label: value }));
  }
  files.set(file, await printed(schema));
}

function printed(schema: unknown): Promise<string> {
  return format(JSON.stringify(schema), { parser: 'json', printWidth: 110 });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
