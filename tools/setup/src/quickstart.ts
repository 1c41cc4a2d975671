import { join } from 'node:path';
import { execa } from 'execa';
import { setUp } from './setup.ts';

const EXPERIMENT = 'quickstart/digits';

/** `npm run quickstart`: set-up, then the main job on real data: configs, scripts, training, table. */
export async function run(root: string): Promise<number> {
  if (!(await setUp(root, 'base'))) return 1;
  const mixlab = join(root, 'apps/cli/bin/mixlab.mjs');
  const steps: [shown: string, file: string, args: string[]][] = [
    [
      `npx mixlab configs --experiment=${EXPERIMENT}`,
      process.execPath,
      [mixlab, 'configs', `--experiment=${EXPERIMENT}`],
    ],
    [
      `bash generated/${EXPERIMENT}/launch/local.sh -j 2`,
      'bash',
      [`generated/${EXPERIMENT}/launch/local.sh`, '-j', '2'],
    ],
    [
      `npx mixlab table --experiment=${EXPERIMENT}`,
      process.execPath,
      [mixlab, 'table', `--experiment=${EXPERIMENT}`],
    ],
  ];
  for (const [shown, file, args] of steps) {
    console.log(`\n$ ${shown}`);
    const { exitCode } = await execa(file, args, { cwd: root, stdio: 'inherit', reject: false });
    if (exitCode !== 0) return exitCode ?? 1;
  }
  return 0;
}
