import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandIo } from '@mixlab/contracts';
import { shellQuote } from '@mixlab/engines';
import { makeFolder } from '@mixlab/files';
import { VERSION_FILE, versionText } from './config-version.ts';

const starter = fileURLToPath(new URL('../starter', import.meta.url));

/** npm leaves out what is called `.gitignore`. */
const files = [
  ['configs/digits.config.ts', 'configs/digits.config.ts'],
  ['configs/tsconfig.json', 'configs/tsconfig.json'],
  ['gitignore', '.gitignore'],
] as const;

/**
 * Writes the files of a new workspace; what is there already stays as it is.
 *
 * @param folder relative to where the command stands
 */
export function startWorkspace(folder: string, { cwd, stdout, stderr }: CommandIo): number {
  const home = resolve(cwd, folder);
  const inTheWay = fileInTheWay(home);
  if (inTheWay !== undefined) {
    stderr(`mixlab init: ${inTheWay} is a file: give a folder, or a name that is free\n`);
    return 2;
  }
  const write = (name: string, make: (file: string) => void): boolean => {
    const file = join(home, name);
    const isThere = existsSync(file);
    if (!isThere) {
      makeFolder(dirname(file));
      make(file);
    }
    stdout(isThere ? `kept ${name}, which was there\n` : `wrote ${name}\n`);
    return !isThere;
  };
  for (const [source, name] of files) write(name, (file) => copyFileSync(join(starter, source), file));
  write(VERSION_FILE, (file) => writeFileSync(file, versionText()));
  const isNew = write('package.json', (file) => writeFileSync(file, packageText(home)));
  const hasPython = existsSync(join(home, '.venv'));
  stdout(nextSteps({ folder: home === cwd ? undefined : folder, isNew, hasPython }));
  return 0;
}

/** The file that stands where a workspace needs a folder, if there is one. */
function fileInTheWay(home: string): string | undefined {
  const folders: string[] = [];
  for (let folder = join(home, 'configs'); folder !== dirname(folder); folder = dirname(folder)) {
    folders.unshift(folder);
  }
  for (const folder of folders) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (!found.isDirectory()) return folder;
  }
  return undefined;
}

function packageText(home: string): string {
  const name = basename(home)
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  const manifest = JSON.parse(readFileSync(join(starter, 'package.json'), 'utf8')) as object;
  return `${JSON.stringify({ name: name || 'experiments', ...manifest }, null, 2)}\n`;
}

interface Start {
  readonly folder: string | undefined;
  /** Whether its package.json was not there before. */
  readonly isNew: boolean;
  /** Whether it has an environment for the training library. */
  readonly hasPython: boolean;
}

function nextSteps({ folder, isNew, hasPython }: Start): string {
  const steps = [
    ...(folder === undefined ? [] : [[`cd ${shellQuote(folder)}`, '']]),
    ...(isNew ? [['npm install', 'installs mixlab and the types of configs']] : []),
    ...(hasPython
      ? []
      : [
          ['python3 -m venv .venv', 'for the training library; or set MIXLAB_PYTHON'],
          ['.venv/bin/pip install …/dist/*.whl', 'installs it: the wheel of `npm run pack`'],
        ]),
    ['npx mixlab configs', 'writes run configs and launch scripts'],
    ['bash generated/digits/launch/local.sh --smoke', 'tries two training steps of each run'],
    ['bash generated/digits/launch/local.sh', 'trains'],
    ['npx mixlab table', 'prints the table'],
  ] as const;
  const lines = steps.map(([command, what]) => `  ${`${command}`.padEnd(48)}${what}`.trimEnd());
  return `\nNext:\n${lines.join('\n')}\n`;
}
