// The page in one script and one style sheet. Also called when packages are made, so plain JavaScript.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function bundlePage() {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['main.tsx', 'page.css'],
    outdir: '/page',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome107', 'firefox104', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'silent',
    tsconfigRaw: {},
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  return { script: text('.js'), style: text('.css') };
}

/** Puts `page.js` and `page.css` into a folder: what the published package has instead of this one. */
export async function make(folder) {
  const { script, style } = await bundlePage();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'page.js'), script);
  writeFileSync(join(folder, 'page.css'), style);
}
