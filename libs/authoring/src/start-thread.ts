import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

// A bundle of the command line holds the threads themselves, and has another file in place of this one
// (apps/cli/bin/bundle.mjs).

/** Modules that run in a thread. */
export type ThreadModule = 'trial-worker' | 'load-guard';

/**
 * TypeScript in a clone, where the thread needs what lets Node read that; JavaScript in a published package.
 *
 * @param first JavaScript that runs before the module is loaded
 */
export function startThread(module: ThreadModule, options: WorkerOptions, first = ''): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = new URL(isSource ? `./${module}.ts` : `./${module}.js`, import.meta.url);
  if (!isSource) return startModule(entry, options, first);
  // `require.resolve` of `tsx/esm/api` finds what CommonJS would load.
  const tsxPackage = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = new URL('dist/esm/api/index.mjs', tsxPackage).href;
  const start = `${first}; import(${JSON.stringify(tsx)}).then(({ register }) => {
    register({ tsconfig: false });
    return import(${JSON.stringify(entry.href)});
  });`;
  return new Worker(start, { ...options, eval: true });
}

function startModule(entry: URL, options: WorkerOptions, first: string): Worker {
  if (first === '') return new Worker(entry, options);
  return new Worker(`${first}; import(${JSON.stringify(entry.href)});`, { ...options, eval: true });
}
