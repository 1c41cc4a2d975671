import { ConfigError } from '@mixlab/contracts';
import { displayPath } from './paths.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'something else lies there',
  EIO: 'input/output error',
  EISDIR: 'a folder lies where a file is needed',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long for this file system',
  ENOENT: 'it is not there',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a file lies where a folder is needed',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
};

export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/**
 * What a failed file system call means for the person who waits: one line that names the file.
 * Anything but a system error is returned as it is.
 *
 * @param doing the verb of "cannot … FILE"
 * @param path absolute path of the file meant, not of its temporary stand-in
 */
export function fsProblem(error: unknown, doing: 'write' | 'read' | 'remove', path: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof ConfigError) return error;
  const reason = reasons[code] ?? (error as Error).message;
  const problem = new ConfigError([
    { code: `cannot-${doing}`, message: `cannot ${doing} ${displayPath(path)}: ${reason} (${code})` },
  ]);
  problem.cause = error;
  return problem;
}

/** Runs `work`, turning a system error into the line of {@link fsProblem}. */
export function naming<T>(doing: 'write' | 'read' | 'remove', path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fsProblem(error, doing, path);
  }
}
