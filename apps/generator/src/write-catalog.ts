import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CatalogExtension, catalogExtensionSchema, methods } from '@mixlab/catalog';
import { EXTENSION_HEADER, renderExtension } from '@mixlab/codegen';
import { type CommandIo, ConfigError } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';
import { execa } from 'execa';

/** Writes `configs/<package>.catalog.ts` from what the package registers with the training library. */
export async function writeCatalog(name: string, { home, stdout, env = {} }: CommandIo): Promise<number> {
  if (methods.some((method) => method.name === name))
    throw refusal(`${name} is a method of Mixlab: a package needs another name`);
  const extension = await readExtension(name, home, env);
  const path = `configs/${name}.catalog.ts`;
  const file = join(home, path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (before !== undefined && !before.startsWith(EXTENSION_HEADER))
    throw refusal(`${path} was not written by this command: rename it`);
  const text = renderExtension(extension);
  if (text !== before) {
    makeFolder(dirname(file));
    writeFileSync(file, text);
  }
  stdout(`${text === before ? 'nothing changed in' : 'wrote'} ${path}\n${summary(extension)}`);
  return 0;
}

async function readExtension(
  name: string,
  home: string,
  env: NonNullable<CommandIo['env']>,
): Promise<CatalogExtension> {
  const own = join(home, '.venv', 'bin', 'python');
  const python = env['MIXLAB_PYTHON'] || (existsSync(own) ? own : 'python3');
  // As in a training: nothing is imported from the current folder.
  const { failed, code, stdout, stderr } = await execa(python, ['-m', 'mixlab.schema', '--from', name], {
    cwd: home,
    env: { PYTHONSAFEPATH: '1' },
    reject: false,
  });
  if (code === 'ENOENT') throw refusal(`there is no ${python}; set MIXLAB_PYTHON to the Python that trains`);
  if (failed) throw refusal(stderr.trim());
  const { data, error } = catalogExtensionSchema.safeParse(JSON.parse(stdout));
  if (!data) throw refusal(`the mixlab of ${python} is of another version: ${error.message}`);
  return data;
}

function summary({ methods: own, backbones }: CatalogExtension): string {
  const lines = [
    ...own.map(({ name, summary }) => `  mix.${name.replace(':', '.')}(): ${summary}`),
    ...backbones.map(({ name, family }) => `  backbone '${name}': ${family}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function refusal(message: string): ConfigError {
  return new ConfigError([{ code: 'no-catalog', message }]);
}
