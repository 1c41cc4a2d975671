import { run } from '../src/index.ts';
import type { RunContext } from '../src/run.ts';

/** The command in a workspace, in this process. */
export async function inProcess(home: string, ...argv: string[]) {
  return inProcessWith({}, home, ...argv);
}

export async function inProcessWith(context: Partial<RunContext>, home: string, ...argv: string[]) {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await run(argv, {
    ...{ home, cwd: home, isTty: false, env: {} },
    stdout: (text) => void (printed.stdout += text),
    stderr: (text) => void (printed.stderr += text),
    ...context,
  });
  return { exitCode, ...printed };
}
