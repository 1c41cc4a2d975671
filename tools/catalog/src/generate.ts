import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readExport } from './read-export.ts';
import { renderAll } from './render-all.ts';

/** `tsx tools/catalog/src/generate.ts [--check]`: writes what follows from the training library, or only says what is stale. */
const root = resolve(import.meta.dirname, '../../..');
const files = await renderAll(await readExport(root));

const stale = [...files].filter(([name, text]) => read(join(root, name)) !== text).map(([name]) => name);

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}: run npx nx run catalog:generate and commit the result`);
    process.exitCode = 1;
  }
} else {
  for (const name of stale) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), files.get(name) ?? '');
  }
  console.log(stale.length > 0 ? `wrote ${stale.join(', ')}` : 'nothing changed');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
