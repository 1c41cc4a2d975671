import { ConfigError, formatIssue } from '@mixlab/contracts';

/** What an error that ended a command means to its user: lines for stderr and the exit code. */
export function describeFailure(error: unknown): { text: string; exitCode: number } {
  if (error instanceof ConfigError) return { text: lines(error.issues.map(formatIssue)), exitCode: 2 };
  if (isSystemError(error)) return { text: `mixlab: ${systemMessage(error)}\n`, exitCode: 1 };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `mixlab: this should not have happened:\n${detail}\n`, exitCode: 1 };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'it is there already',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENAMETOOLONG: 'the name is too long',
};

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function systemMessage(error: NodeJS.ErrnoException & { code: string; dest?: string }): string {
  const reason = reasons[error.code];
  // Of a copy, either side may be meant.
  const place = error.dest ? `${error.dest}, from ${error.path}` : error.path;
  return reason && place ? `${place}: ${reason}` : error.message;
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join('');
}
