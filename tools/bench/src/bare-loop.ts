import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `tsx bare-loop.ts FROM TO`: seconds that a plain loop takes to write FROM's files, held in memory, into TO. */
const [from = '', to = ''] = process.argv.slice(2);
const files = readdirSync(from, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ target: join(to, path.slice(from.length + 1)), bytes: readFileSync(path) }));
for (const folder of new Set(files.map(({ target }) => dirname(target))))
  mkdirSync(folder, { recursive: true });

const start = performance.now();
for (const { target, bytes } of files) writeFileSync(target, bytes);
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, files: files.length }));
