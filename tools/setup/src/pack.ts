import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setUp } from './setup.ts';
import { workspacePython } from './workspace-python.ts';

/** `npm run pack`: set-up, then the tarballs and the wheel, into `dist`. */
export async function run(root: string): Promise<number> {
  if (!(await setUp(root, 'base'))) return 1;
  const out = join(root, 'dist');
  rmSync(out, { recursive: true, force: true });
  const { packAll } = await import('@mixlab/pack');
  const { tarballs, wheel } = await packAll(root, workspacePython(root), out);
  for (const file of [...tarballs, wheel]) console.log(relative(process.cwd(), file));
  return 0;
}
