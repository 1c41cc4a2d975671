import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { nearestName } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';

export interface NamedFiles {
  /** Paths among `known`. */
  readonly files: ReadonlySet<string>;
  readonly issues: readonly ConfigIssue[];
}

/**
 * The authored files that somebody names, by themselves or by a folder that they are in.
 *
 * @param named paths as they were typed in `cwd`
 * @param known all authored files, relative to `home`, with forward slashes
 */
export function namedFiles(
  named: readonly string[],
  known: readonly string[],
  { home, cwd }: { readonly home: string; readonly cwd: string },
): NamedFiles {
  const issues: ConfigIssue[] = [];
  const files = named.flatMap((name) => {
    const path = resolve(cwd, name);
    const file = relative(home, path).split(sep).join('/');
    const found = known.filter((other) => other === file || file === '' || other.startsWith(`${file}/`));
    if (found.length === 0) issues.push(unknownFile(name, file, existsSync(path), known));
    return found;
  });
  return { files: new Set(files), issues };
}

function unknownFile(name: string, file: string, exists: boolean, known: readonly string[]): ConfigIssue {
  const nearest = nearestName(file, known);
  return {
    code: 'unknown-file',
    message: exists ? 'there is no experiment here' : 'there is no such file',
    path: 'FILE',
    expected: 'a file that matches configs/**/*.config.ts, or a folder of them',
    got: JSON.stringify(name),
    ...(nearest ? { nearest } : {}),
  };
}
