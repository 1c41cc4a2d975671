import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the workspace's own virtual environment. */
export function venvFolder(root: string): string {
  return join(root, '.venv');
}

/** The Python that trains and tests: the virtual environment's, which the set-up makes. */
export function workspacePython(root: string): string {
  const own = join(venvFolder(root), 'bin', 'python');
  return existsSync(own) ? own : (process.env['MIXLAB_PYTHON'] ?? 'python3');
}
