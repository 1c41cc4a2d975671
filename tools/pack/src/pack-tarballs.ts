import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { importedPackages } from './imported-packages.ts';
import { publishedManifest, type RootManifest, type WorkspaceManifest } from './published-manifest.ts';

/** The packages that users name; the others are packed because these need them. */
const MAIN = ['mixlab', 'create-mixlab'];

/** A folder of the workspace that may be packed. */
interface Source {
  readonly folder: string;
  readonly manifest: WorkspaceManifest;
}

/** What a module among a manifest's `makes` exports. */
interface Maker {
  make(folder: string): Promise<void>;
}

/** Compiles the workspace, stages what users name and every package that it needs, and packs them. */
export async function packTarballs(
  root: string,
  version: string,
  staging: string,
  out: string,
): Promise<string[]> {
  const compiled = join(staging, 'compiled');
  await execa('npx', ['tsc', '-p', join(root, 'tools/pack/tsconfig.published.json'), '--outDir', compiled], {
    cwd: root,
  });
  const rootManifest = readJson<RootManifest>(join(root, 'package.json'));
  const sources = findSources(root);
  const names = new Set(MAIN);
  const staged: string[] = [];
  // A set gives what is added to it while it is gone through.
  for (const name of names) {
    const source = sources.get(name);
    if (!source) throw new Error(`no package of apps/ or libs/ is called ${name}`);
    const folder = join(staging, name);
    await stageFiles(root, source, join(compiled, source.folder, 'src'), folder);
    const imported = importedPackages(folder).filter((other) => other !== name);
    imported.filter((other) => sources.has(other)).forEach((other) => names.add(other));
    const manifest = publishedManifest(source.manifest, rootManifest, version, imported, names);
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    staged.push(folder);
  }
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', out, ...staged], {
    cwd: staging,
  });
  const packed = JSON.parse(stdout) as readonly { readonly filename: string }[];
  return packed.map(({ filename }) => join(out, filename));
}

function findSources(root: string): Map<string, Source> {
  const folders = ['apps', 'libs'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  const found = folders.flatMap((folder): [string, Source][] => {
    const file = join(root, folder, 'package.json');
    if (!existsSync(file)) return [];
    const manifest = readJson<WorkspaceManifest>(file);
    return [[manifest.name, { folder, manifest }]];
  });
  return new Map(found);
}

async function stageFiles(root: string, source: Source, compiled: string, folder: string): Promise<void> {
  const dist = join(folder, 'dist');
  mkdirSync(dist, { recursive: true });
  cpSync(compiled, dist, { recursive: true });
  // The compiler writes no declaration that was written by hand.
  const from = join(root, source.folder);
  for (const name of readdirSync(join(from, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) cpSync(join(from, 'src', name), join(dist, name));
  }
  for (const name of source.manifest.files ?? [])
    cpSync(join(from, name), join(folder, name), { recursive: true });
  for (const [to, module] of Object.entries(source.manifest.makes ?? {})) {
    const { make } = (await import(pathToFileURL(join(from, module)).href)) as Maker;
    await make(join(folder, to));
  }
  for (const [to, file] of Object.entries(source.manifest.filesOfPackages ?? {}))
    cpSync(join(root, 'node_modules', file), join(folder, to), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
