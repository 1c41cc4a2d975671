import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandIo } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';

const starter = fileURLToPath(new URL('../starter', import.meta.url));

/** npm leaves out what is called `.gitignore`. */
const files = [
  ['configs/digits.config.ts', 'configs/digits.config.ts'],
  ['configs/tsconfig.json', 'configs/tsconfig.json'],
  ['gitignore', '.gitignore'],
] as const;

const next = `
Next:
  npx mixlab configs                              writes run configs and launch scripts
  bash generated/digits/launch/local.sh --smoke   tries two training steps of each run
  bash generated/digits/launch/local.sh           trains
  npx mixlab table                                prints the table
`;

/** Writes the files of a new workspace; what is there already stays as it is. */
export function startWorkspace({ home, stdout }: CommandIo): number {
  for (const [source, name] of files) {
    const file = join(home, name);
    if (existsSync(file)) {
      stdout(`kept ${name}, which was there\n`);
      continue;
    }
    makeFolder(dirname(file));
    copyFileSync(join(starter, source), file);
    stdout(`wrote ${name}\n`);
  }
  stdout(next);
  return 0;
}
