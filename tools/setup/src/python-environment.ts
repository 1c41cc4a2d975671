import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { findPython, hasNvidiaGpu, SetupError } from './system.ts';
import { endProgress, showProgress } from './progress.ts';
import { venvFolder } from './workspace-python.ts';

/** `base` trains and prints tables; `dev` also lints and tests. */
export type Extent = 'base' | 'dev';

const TORCH_CPU_INDEX = 'https://download.pytorch.org/whl/cpu';

/**
 * Makes `.venv` with pinned versions, or leaves it as it is when nothing changed since.
 * With MIXLAB_PYTHON naming a Python that has PyTorch, the environment builds on that one's packages.
 */
export async function ensurePythonEnvironment(root: string, extent: Extent): Promise<void> {
  const venv = venvFolder(root);
  const python = join(venv, 'bin', 'python');
  const stamp = join(venv, '.mixlab-setup');
  const wanted = fingerprint(root, extent);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8').split('\n').includes(wanted) && (await starts(python)))
    return;

  const base = await findPython();
  if (!(await starts(python))) {
    rmSync(venv, { recursive: true, force: true });
    const inherits = process.env['MIXLAB_PYTHON'] && (await starts(base, 'import torch'));
    console.log(`Making a virtual environment in .venv with ${base} …`);
    await step(base, ['-m', 'venv', ...(inherits ? ['--system-site-packages'] : []), venv], root);
  }
  if (!(await starts(python, 'import torch'))) await installTorch(root, python);
  console.log('Installing Python packages …');
  const files = [
    requirements(root, 'base.txt'),
    ...(extent === 'dev' ? [requirements(root, 'dev.txt')] : []),
  ];
  await pip(root, python, [
    '-c',
    requirements(root, 'constraints.txt'),
    ...files.flatMap((file) => ['-r', file]),
  ]);
  await pip(root, python, ['--no-deps', '--no-build-isolation', '-e', join(root, 'libs/training')]);
  // What serves `dev` serves `base` too.
  const stamps = extent === 'dev' ? [wanted, fingerprint(root, 'base')] : [wanted];
  writeFileSync(stamp, stamps.join('\n'));
}

/**
 * Installs the libraries that the benchmark compares methods with, one by one: it goes without those that cannot be
 * installed, and says so.
 */
export async function ensurePeers(root: string): Promise<void> {
  const venv = venvFolder(root);
  const stamp = join(venv, '.mixlab-peers');
  const files = [requirements(root, 'bench.txt'), requirements(root, 'constraints.txt')];
  const wanted = sha256(files);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing libraries to compare with …');
  const peers = readFileSync(requirements(root, 'bench.txt'), 'utf8').split('\n').filter(Boolean);
  let all = true;
  for (const peer of peers) {
    const args = [...PIP, '--quiet', '-c', requirements(root, 'constraints.txt'), peer];
    const { failed } = await execa(join(venv, 'bin', 'python'), args, { cwd: root, reject: false });
    if (failed) console.log(`${peer} could not be installed: the benchmark goes without it`);
    all &&= !failed;
  }
  if (all) writeFileSync(stamp, wanted);
}

async function installTorch(root: string, python: string): Promise<void> {
  console.log('Installing PyTorch …');
  const torch = ['-r', requirements(root, 'torch.txt'), '-c', requirements(root, 'constraints.txt')];
  // Elsewhere than on Linux, and with a GPU, pip's own choice is right; here it would bring gigabytes of CUDA.
  if (process.platform === 'linux' && !(await hasNvidiaGpu())) {
    const quick = ['--index-url', TORCH_CPU_INDEX, '--retries', '0', '--timeout', '10'];
    const { failed } = await execa(python, [...PIP, '--quiet', '--quiet', ...quick, ...torch], {
      cwd: root,
      reject: false,
    });
    if (!failed) return;
    console.log("PyTorch's CPU wheels are out of reach; taking pip's default …");
  }
  await pip(root, python, torch);
}

const PIP = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];

async function pip(root: string, python: string, args: string[]): Promise<void> {
  const child = execa(python, [...PIP, ...args], { cwd: root, reject: false });
  for await (const line of child) showProgress(line);
  endProgress();
  const { failed, stderr } = await child;
  if (!failed) return;
  console.error(stderr);
  throw new SetupError(
    'set-up stopped at pip install: see its message above, then run the same command again',
  );
}

async function step(file: string, args: string[], cwd: string): Promise<void> {
  const { failed } = await execa(file, args, { cwd, stdio: 'inherit', reject: false });
  if (failed)
    throw new SetupError(
      `set-up stopped at: ${file} ${args.slice(0, 3).join(' ')} … (see the message above)`,
    );
}

async function starts(python: string, code = 'import sys'): Promise<boolean> {
  const { failed } = await execa(python, ['-c', code], { reject: false });
  return !failed;
}

function requirements(root: string, file: string): string {
  return join(root, 'tools/setup/requirements', file);
}

/** Changes with the requirements, the package's own metadata, and the place of the workspace (the install is editable). */
function fingerprint(root: string, extent: Extent): string {
  const files = ['torch.txt', 'base.txt', 'dev.txt', 'constraints.txt'].map((file) =>
    requirements(root, file),
  );
  return sha256([...files, join(root, 'libs/training/pyproject.toml')], `${extent}\n${root}\n`);
}

function sha256(files: readonly string[], text = ''): string {
  const hash = createHash('sha256').update(text);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
