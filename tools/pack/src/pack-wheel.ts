import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';

/** Builds the training library's wheel from a copy, because setuptools takes up what earlier builds left in a folder. */
export async function packWheel(
  root: string,
  version: string,
  python: string,
  staging: string,
  out: string,
): Promise<string> {
  const library = join(root, 'libs/training');
  const project = readFileSync(join(library, 'pyproject.toml'), 'utf8');
  if (!project.includes(`\nversion = "${version}"\n`)) {
    throw new Error(
      `libs/training/pyproject.toml and apps/cli/package.json differ in the version, ${version}`,
    );
  }
  const source = join(staging, 'source');
  mkdirSync(source, { recursive: true });
  for (const name of ['pyproject.toml', 'README.md', 'src/mixlab']) {
    const filter = (path: string) => basename(path) !== '__pycache__';
    cpSync(join(library, name), join(source, name), { recursive: true, filter });
  }
  cpSync(join(root, 'LICENSE'), join(source, 'LICENSE'));
  const built = join(staging, 'built');
  const options = ['--no-deps', '--no-build-isolation', '--disable-pip-version-check', '--quiet'];
  await execa(python, ['-m', 'pip', 'wheel', ...options, '--wheel-dir', built, source]);
  const [wheel = ''] = readdirSync(built);
  cpSync(join(built, wheel), join(out, wheel));
  return join(out, wheel);
}
