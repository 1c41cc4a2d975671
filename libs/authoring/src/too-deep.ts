import { join } from 'node:path';
import { ts } from 'ts-morph';
import type { CheckedModule } from './check.ts';

/** A file in which the compiler runs out of stack. */
class TooDeep extends Error {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`${path} nests too deep`, { cause });
    this.path = path;
  }
}

/**
 * What `work` returns, once it knows the files in which the compiler runs out of stack: after one, nothing that it knows is
 * to be relied on, so that all begins anew.
 */
export function withoutTooDeep<T>(
  home: string,
  files: readonly string[],
  work: (tooDeep: ReadonlySet<string>) => T,
): T {
  const tooDeep = new Set<string>();
  for (;;) {
    try {
      return work(tooDeep);
    } catch (error) {
      const path = error instanceof TooDeep ? error.path : unparsed(error, home, files, tooDeep);
      if (path === undefined) throw error;
      tooDeep.add(path);
    }
  }
}

/** What `work` returns on a file; what it throws for want of stack names the file. */
export function notTooDeep<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new TooDeep(path, error) : error;
  }
}

/** What is said of such a file, and nothing else. */
export function tooDeepModule(file: string): CheckedModule {
  const message = 'this file has too many calls in a chain, or nests too deep, for the compiler';
  const expected = 'such steps in a loop, or in several files';
  return {
    file,
    imports: [],
    reads: [],
    isSelfContained: false,
    issues: [{ code: 'too-deep', message, expected, at: { file, line: 1, column: 1 } }],
    name: undefined,
    waits: undefined,
    code: '',
    sourceMap: '',
  };
}

/** The file on which the parser alone runs out of stack, where that is what went wrong. */
function unparsed(
  error: unknown,
  home: string,
  files: readonly string[],
  known: ReadonlySet<string>,
): string | undefined {
  if (!(error instanceof RangeError)) return undefined;
  return files
    .map((file) => join(home, file))
    .find((path) => {
      if (known.has(path)) return false;
      try {
        ts.createSourceFile(path, ts.sys.readFile(path) ?? '', ts.ScriptTarget.ES2022);
        return false;
      } catch {
        return true;
      }
    });
}
