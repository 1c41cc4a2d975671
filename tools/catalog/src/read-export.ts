import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { exportDocumentSchema, type ExportDocument } from './export-document.ts';

/** The training library's description of itself, from the workspace's Python. */
export async function readExport(root: string): Promise<ExportDocument> {
  const own = join(root, '.venv', 'bin', 'python');
  const python = process.env['MIXLAB_PYTHON'] ?? (existsSync(own) ? own : 'python3');
  const { stdout } = await execa(python, ['-m', 'mixlab.schema'], { cwd: root });
  return exportDocumentSchema.parse(JSON.parse(stdout));
}
