import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLoaders } from 'mixlab/commands';
import { optionsToJsonSchema } from 'mixlab/options-json-schema';
import { format } from 'prettier';
import executors from '../executors.json' with { type: 'json' };

/** `tsx write-schemas.mts [--check]`: the executors' schema.json files, from the commands' own options. */
const folder = join(import.meta.dirname, 'executors');
const stale: string[] = [];
for (const name of Object.keys(executors.executors)) {
  const file = join(folder, `${name}.schema.json`);
  const text = await format(JSON.stringify(optionsToJsonSchema(await commandLoaders[name]!())), {
    parser: 'json',
    printWidth: 110,
  });
  if (read(file) === text) continue;
  stale.push(name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
}
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}: run npx nx run nx-plugin:schemas and commit the result`);
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
