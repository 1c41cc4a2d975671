import { ensurePeers } from './python-environment.ts';
import { setUp } from './setup.ts';
import { workspacePython } from './workspace-python.ts';

/** `npm run bench [-- GROUP …]`: set-up, then every figure that the project promises. */
export async function run(root: string, args: string[]): Promise<number> {
  if (!(await setUp(root, 'dev'))) return 1;
  await ensurePeers(root);
  const { runBenchmarks } = await import('@mixlab/bench');
  return runBenchmarks(root, workspacePython(root), args);
}
