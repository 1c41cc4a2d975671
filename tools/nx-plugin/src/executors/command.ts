import type { ExecutorContext } from '@nx/devkit';
import { execa } from 'execa';
import { optionsToArgv } from 'mixlab/options-to-argv';
import { join } from 'node:path';

/**
 * Runs `mixlab <target>` with the options that Nx has parsed: a thin wrapper, so that the command itself reports every
 * problem. Ctrl-C reaches the command as it would without Nx.
 */
export default async function runCommand(
  options: Record<string, unknown>,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  if (!context.targetName) throw new Error('this executor runs as a target named like its command');
  const { exitCode } = await execa(
    process.execPath,
    [join(context.root, 'apps/cli/bin/mixlab.mjs'), context.targetName, ...optionsToArgv(options)],
    { cwd: context.root, stdio: 'inherit', reject: false },
  );
  return { success: exitCode === 0 };
}
