/** What is read of the workspace's own package.json. */
export interface RootManifest {
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  /** Exact versions, the ones that are tested. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The package.json of a project of the workspace. Its `files` lists what is published beside the compiled sources;
 * `makes` folders that a module of it makes when packages are made: `{ "page": "./page/bundle.mjs" }`, which exports
 * `make(folder)`; `filesOfPackages` files of npm packages that are published with it, for these packages would run a script when they are
 * installed: `{ "grammar/python.wasm": "tree-sitter-python/tree-sitter-python.wasm" }`.
 */
export interface WorkspaceManifest {
  readonly name: string;
  readonly description?: string;
  readonly exports: Readonly<Record<string, Target>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly makes?: Readonly<Record<string, string>>;
  readonly filesOfPackages?: Readonly<Record<string, string>>;
}

type Target = string | { readonly types: string; readonly default: string };

/**
 * The package.json that is published: entries lead to compiled files instead of sources, and dependencies are what the
 * compiled files import.
 *
 * @param own names of the packages that are published with it
 * @throws Error naming an imported package that the workspace does not list
 */
export function publishedManifest(
  manifest: WorkspaceManifest,
  root: RootManifest,
  version: string,
  imported: readonly string[],
  own: ReadonlySet<string>,
): object {
  const { name, description, imports, bin, files = [], makes = {}, filesOfPackages = {} } = manifest;
  return {
    name,
    version,
    description,
    license: root.license,
    type: 'module',
    engines: root.engines,
    exports: mapValues(published(manifest.exports), entry),
    ...(imports ? { imports: mapValues(imports, compiledFile) } : {}),
    ...(bin ? { bin } : {}),
    files: ['dist', ...files, ...Object.keys(makes), ...Object.keys(filesOfPackages)],
    dependencies: Object.fromEntries(
      imported.map((other) => [other, own.has(other) ? version : range(other, name, root)]),
    ),
  };
}

/** Everything of a package's own version number; of others whatever is compatible with what is tested. */
function range(imported: string, importer: string, root: RootManifest): string {
  const tested = root.dependencies[imported];
  if (!tested) throw new Error(`${importer} imports ${imported}, which is no dependency of the workspace`);
  return `^${tested}`;
}

/** Without what is there for the tests of other projects. */
function published(exports: Readonly<Record<string, Target>>): Record<string, Target> {
  const isSource = (target: Target) =>
    (typeof target === 'string' ? target : target.default).startsWith('./src/');
  return Object.fromEntries(Object.entries(exports).filter(([, target]) => isSource(target)));
}

function entry(target: Target): object {
  const sources = typeof target === 'string' ? { types: target, default: target } : target;
  return {
    types: compiledFile(sources.types).replace(/(?<!\.d)\.(js)$/, '.d.ts'),
    default: compiledFile(sources.default),
  };
}

function compiledFile(source: string): string {
  return source.replace('./src/', './dist/').replace(/(?<!\.d)\.ts$/, '.js');
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
