import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { countTests } from './junit.ts';
import { setUp } from './setup.ts';
import { ensureDebianPackages } from './debian-packages.ts';

/** `npm test`: set-up, then lint, types and tests of every project; the last line says what really ran. */
export async function run(root: string, args: string[]): Promise<number> {
  if (!(await setUp(root, 'dev'))) return 1;
  await ensureDebianPackages();
  const reports = join(root, 'reports/junit');
  rmSync(reports, { recursive: true, force: true });
  // `checked` are lint and types, of all TypeScript at once: compilers would read most of it again for each project.
  // Nx starts first what others wait for: `tested` does nothing but wait for the tests that take longest.
  const nx = ['nx', 'run-many', '--targets=checked,test,tested', '--output-style=stream', ...args];
  const { exitCode } = await execa('npx', nx, {
    cwd: root,
    stdio: 'inherit',
    reject: false,
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  const { passed, failed, skipped } = existsSync(reports)
    ? countTests(reports)
    : { passed: 0, failed: 0, skipped: 0 };
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return exitCode !== 0 ? (exitCode ?? 1) : failed > 0 || passed === 0 ? 1 : 0;
}
