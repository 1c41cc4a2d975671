import { writeSync } from 'node:fs';
import { formatIssue } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';

/** Tells what is wrong, and kills this process: nothing else ends one that runs something. */
export function endWith(issues: readonly ConfigIssue[]): void {
  for (const issue of issues) writeSync(2, `${formatIssue(issue)}\n`);
  process.kill(process.pid, 'SIGKILL');
}
