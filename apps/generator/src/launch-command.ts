import { join, relative } from 'node:path';
import { shellQuote } from '@mixlab/engines';

/** What to type next, from the folder one stands in: `bash generated/imagenet/launch/local.sh`. */
export function launchCommand(out: string, experiment: string, cwd: string): string {
  const script = join(out, experiment, 'launch/local.sh');
  const short = relative(cwd, script);
  return `bash ${shellQuote(short.startsWith('..') ? script : short)}`;
}
