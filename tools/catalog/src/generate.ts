import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readExport } from './read-export.ts';
import { renderCatalog } from './render-catalog.ts';

/** `tsx tools/catalog/src/generate.ts [--check]`: writes `libs/catalog/src/generated`, or only says whether it is stale. */
const root = resolve(import.meta.dirname, '../../..');
const folder = join(root, 'libs/catalog/src/generated');
const files = await renderCatalog(await readExport(root));

const stale = [...files].filter(([name, text]) => read(join(folder, name)) !== text).map(([name]) => name);

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}: run npx nx run catalog:generate and commit the result`);
    process.exitCode = 1;
  }
} else {
  for (const name of stale) writeFileSync(join(folder, name), files.get(name) ?? '');
  console.log(stale.length > 0 ? `wrote ${stale.join(', ')}` : 'nothing changed');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
