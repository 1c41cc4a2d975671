// The command line, compiled and put together from its sources and the packages that they import: to load some hundred
// files one by one, through a compiler, takes longer than most commands. Bundles are kept in node_modules/.cache, and
// npm removes them with everything else there. One is good as long as no file that it is made of has changed.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const self = fileURLToPath(import.meta.url);
const root = resolve(dirname(self), '../../..');
const cache = join(root, 'node_modules/.cache/mixlab');
// Clones may share one node_modules.
const index = join(cache, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`);

/** The workspace's own modules, and the hundred of zod. The rest stays where it is, and is loaded as Node does. */
const WITHIN = /^(@mixlab\/|zod(\/|$))/;
/** What authored files share with the generator: modules of the bundle that have a file of their own. */
const SHARED = { '@mixlab/dsl': 'libs/dsl/src/index.ts', '@mixlab/dsl/origin': 'libs/dsl/src/origin.ts' };
/** What runs in threads: in one authored files are first imported, another watches over this. */
const THREADS = {
  'trial-worker': 'libs/authoring/src/trial-worker.ts',
  'load-guard': 'libs/authoring/src/load-guard.ts',
};
/** Two changes within a tick of the file system's clock leave the same time. */
const MILLISECONDS_OF_DOUBT = 2000;
/** Another process may still be loading an old bundle. */
const MILLISECONDS_OF_GRACE = 24 * 60 * 60 * 1000;

/** The URL of the bundle of module `entry`, which is made where there is none; undefined where it cannot be made. */
export async function findBundle(entry) {
  return knownBundle() ?? (await makeBundle(fileURLToPath(entry)));
}

function knownBundle() {
  try {
    const { bundle, stamps } = JSON.parse(readFileSync(index, 'utf8'));
    const isFresh = Object.entries(stamps).every(([file, stamp]) => stampOf(file).text === stamp);
    return isFresh ? pathToFileURL(bundle).href : undefined;
  } catch {
    return undefined;
  }
}

async function makeBundle(entry) {
  const began = Date.now();
  const folder = join(cache, randomBytes(8).toString('hex'));
  try {
    mkdirSync(folder, { recursive: true });
    const { build } = await import('esbuild');
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: {
        run: entry,
        dsl: SHARED['@mixlab/dsl'],
        origin: SHARED['@mixlab/dsl/origin'],
        ...THREADS,
      },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      plugins: [
        { name: 'rest', setup: leaveOutTheRest },
        { name: 'places', setup: (bundle) => keepPlaces(bundle, folder) },
      ],
      logLevel: 'silent',
      tsconfigRaw: {},
    });
    const made = Object.keys(metafile.outputs).map((file) => join(root, file));
    const stamps = [...sourcesOf(metafile), ...made].map((file) => [file, stampOf(file)]);
    const sources = stamps.slice(0, -made.length);
    if (sources.some(([, { changedAt }]) => changedAt > began - MILLISECONDS_OF_DOUBT))
      return discard(folder);
    const bundle = join(folder, 'run.mjs');
    const texts = Object.fromEntries(stamps.map(([file, { text }]) => [file, text]));
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ bundle, stamps: texts }));
    renameSync(join(folder, 'index.json'), index);
    removeOld(folder);
    return pathToFileURL(bundle).href;
  } catch {
    // A read-only folder, a full disk, a source with an error: the sources themselves do, or tell.
    return discard(folder);
  }
}

function leaveOutTheRest({ onResolve }) {
  onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) =>
    kind === 'entry-point' || WITHIN.test(path) ? undefined : { path, external: true },
  );
}

/** What a source reads beside itself lies there still; authored files are linked to the modules of the bundle. */
function keepPlaces({ onLoad }, folder) {
  const replaced = { 'shared-modules.ts': sharedModules(folder), 'start-thread.ts': startThread(folder) };
  onLoad({ filter: /[\\/](apps|libs)[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
    const [, name] = /[\\/]authoring[\\/]src[\\/]([^\\/]+)$/.exec(path) ?? [];
    if (Object.hasOwn(replaced, name))
      return { contents: replaced[name], loader: 'js', resolveDir: dirname(path) };
    const contents = readFileSync(path, 'utf8')
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
    return { contents, loader: 'ts' };
  });
}

function startThread(folder) {
  const urls = Object.keys(THREADS).map((name) => `'${name}': ${urlOf(folder, `${name}.mjs`)}`);
  return `import { Worker } from 'node:worker_threads';
    const urls = { ${urls.join(', ')} };
    export function startThread(module, options, first = '') {
      const start = first + '; import(' + JSON.stringify(urls[module]) + ');';
      return new Worker(start, { ...options, eval: true });
    }`;
}

function sharedModules(folder) {
  return `export const sharedModules = { '@mixlab/dsl': ${urlOf(folder, 'dsl.mjs')} };
    export const originModuleUrl = ${urlOf(folder, 'origin.mjs')};
    let isReading = false;
    export async function readForeignModules() {
      if (isReading) return;
      isReading = true;
      // What these import of @mixlab/dsl are its sources: values are told by symbols that both register.
      (await import('tsx/esm/api')).register({ tsconfig: false });
    }`;
}

/** Code for the URL of a file of the bundle. */
function urlOf(folder, file) {
  return JSON.stringify(pathToFileURL(join(folder, file)).href);
}

/** Absolute paths of what a bundle is made of, and of what says which files these are. */
function sourcesOf({ inputs }) {
  const sources = new Set([self, join(root, 'node_modules/.package-lock.json')]);
  for (const input of Object.keys(inputs)) {
    const file = join(root, input);
    sources.add(file);
    for (let folder = dirname(file); folder.length > root.length; folder = dirname(folder)) {
      const manifest = join(folder, 'package.json');
      if (sources.has(manifest)) break;
      if (statSync(manifest, { throwIfNoEntry: false })) {
        sources.add(manifest);
        break;
      }
    }
  }
  return [...sources];
}

/** Differs after every change of a file; throws where there is none. */
function stampOf(file) {
  const { ino, size, mtimeNs, ctimeNs, ctimeMs } = statSync(file, { bigint: true });
  return { text: `${ino} ${size} ${mtimeNs} ${ctimeNs}`, changedAt: Number(ctimeMs) };
}

function removeOld(current) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const age = Date.now() - statSync(path).mtimeMs;
    if (path !== current && path !== index && age > MILLISECONDS_OF_GRACE) discard(path);
  }
}

function discard(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It is not ours to remove.
  }
  return undefined;
}
