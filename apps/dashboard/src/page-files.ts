import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What runs in the browser. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

/** The published package has the page in `page/`, put together; in a clone that is done from its sources. */
export async function readPageFiles(): Promise<PageFiles> {
  // Not beside this module, which may be part of a bundle: the entry is in `src/` or `dist/`.
  const entry = createRequire(import.meta.url).resolve('@mixlab/dashboard');
  const page = join(dirname(entry), '../page');
  const [script, style] = [join(page, 'page.js'), join(page, 'page.css')];
  if (existsSync(script)) return { script: readFileSync(script, 'utf8'), style: readFileSync(style, 'utf8') };
  const bundler = pathToFileURL(join(page, 'bundle.mjs')).href;
  const { bundlePage } = (await import(bundler)) as { bundlePage(): Promise<PageFiles> };
  return bundlePage();
}
