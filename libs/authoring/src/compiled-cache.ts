import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { CheckResult, CheckedModule } from './check.ts';
import { compiledName } from './compiled-name.ts';
import { hashFile } from './fingerprint.ts';

const FORMAT = 3;
const INDEX = 'checked.json';
/** Folders of compiled modules that another process may still be importing from are kept for this long. */
const GRACE_MS = 10 * 60_000;

const indexSchema = z.strictObject({
  format: z.literal(FORMAT),
  key: z.string(),
  /** SHA-256 of every file that the check read, by absolute path. */
  inputs: z.record(z.string(), z.string()),
  /** Name of the folder of compiled modules, beside the index. */
  folder: z.string().regex(/^modules-[0-9a-f]+$/),
  modules: z.array(
    z.strictObject({
      file: z.string(),
      imports: z.array(z.string()),
      reads: z.array(z.string()),
      isSelfContained: z.boolean(),
      sha256: z.string(),
    }),
  ),
});

/** Checked and compiled modules on disk, ready to import. */
export interface CompiledModules {
  /** Absolute. */
  readonly folder: string;
  readonly modules: readonly Pick<CheckedModule, 'file' | 'imports' | 'reads' | 'isSelfContained'>[];
  /** Removes modules that are kept nowhere; they are imported by then. */
  readonly discard?: () => void;
}

/**
 * The last successful check, if it was made under the same key and neither an input nor an output has changed since.
 * Anything unreadable or unexpected counts as absent.
 */
export function readCompiled(cacheDir: string, key: string): CompiledModules | undefined {
  const index = readIndex(join(cacheDir, INDEX));
  if (!index || index.key !== key) return undefined;
  const folder = join(cacheDir, index.folder);
  const fresh =
    Object.entries(index.inputs).every(([path, hash]) => hashFile(path) === hash) &&
    index.modules.every((module) => hashFile(join(folder, compiledName(module.file))) === module.sha256);
  return fresh ? { folder, modules: index.modules } : undefined;
}

function readIndex(path: string): z.infer<typeof indexSchema> | undefined {
  try {
    return indexSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * Writes compiled modules into a new folder of their own, so that no reader ever sees one change. Where the cache
 * cannot be written (a read-only workspace, a full disk), they go to a folder for temporary files.
 */
export function writeModules(
  cacheDir: string,
  home: string,
  modules: readonly CheckedModule[],
): CompiledModules {
  const folder = join(cacheDir, `modules-${randomBytes(8).toString('hex')}`);
  removeStale(cacheDir);
  try {
    return writeInto(folder, modules);
  } catch {
    discard(folder);
    const temporary = temporaryFolder(home);
    return { ...writeInto(temporary, modules), discard: () => discard(temporary) };
  }
}

function writeInto(folder: string, modules: readonly CheckedModule[]): CompiledModules {
  for (const module of modules) {
    const path = join(folder, compiledName(module.file));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, module.code);
    writeFileSync(`${path}.map`, module.sourceMap);
  }
  return { folder, modules };
}

/** Bare imports resolve in it as they do in the workspace. */
function temporaryFolder(home: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab-compiled-'));
  symlinkSync(join(home, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Records a check without issues for the next process. Best effort: without it the next one checks again. */
export function recordCheck(
  cacheDir: string,
  key: string,
  inputs: CheckResult['inputs'],
  compiled: CompiledModules,
): void {
  if (dirname(compiled.folder) !== cacheDir) return;
  const modules = compiled.modules.map(({ file, imports, reads, isSelfContained }) => {
    return {
      file,
      imports,
      reads,
      isSelfContained,
      sha256: hashFile(join(compiled.folder, compiledName(file))),
    };
  });
  const folder = basename(compiled.folder);
  const temporary = join(cacheDir, `${INDEX}.${randomBytes(8).toString('hex')}`);
  try {
    writeFileSync(temporary, JSON.stringify({ format: FORMAT, key, inputs, folder, modules }));
    renameSync(temporary, join(cacheDir, INDEX));
  } catch {
    discard(temporary);
  }
}

/** Removes what earlier checks left, as far as nobody can be using it. */
function removeStale(cacheDir: string): void {
  for (const entry of listFolder(cacheDir)) {
    const path = join(cacheDir, entry);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (entry !== INDEX && stats && Date.now() - stats.mtimeMs > GRACE_MS) discard(path);
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process may be cleaning up too, or the folder may not be ours to write.
  }
}
