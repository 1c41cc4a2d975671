import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

// A bundle of the command line holds the thread itself, and has another file in place of this one
// (apps/cli/bin/bundle.mjs).

/** TypeScript in a clone, where the thread needs what lets Node read that; JavaScript in a published package. */
export function startTrialThread(options: WorkerOptions): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = new URL(isSource ? './trial-worker.ts' : './trial-worker.js', import.meta.url);
  if (!isSource) return new Worker(entry, options);
  // `require.resolve` of `tsx/esm/api` finds what CommonJS would load.
  const tsxPackage = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = new URL('dist/esm/api/index.mjs', tsxPackage).href;
  const start = `import(${JSON.stringify(tsx)}).then(({ register }) => {
    register({ tsconfig: false });
    return import(${JSON.stringify(entry.href)});
  });`;
  return new Worker(start, { ...options, eval: true });
}
