import { execa } from 'execa';

/** A thing that the set-up needs and cannot make; the message is one line that says what to do. */
export class SetupError extends Error {}

const OLDEST_PYTHON = [3, 11] as const;
const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** Refuses a missing bash, or one older than the scripts need. */
export async function checkBash(): Promise<void> {
  const { stdout, failed } = await execa('bash', ['-c', 'echo "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"'], {
    reject: false,
  });
  if (failed)
    throw new SetupError(
      'Mixlab needs bash 3.2 or newer, and there is none: install it with your package manager',
    );
  const [major = 0, minor = 0] = stdout.split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 2)) {
    throw new SetupError(
      `Mixlab needs bash 3.2 or newer, and this is ${stdout}: update it with your package manager`,
    );
  }
}

/** The Python to build the virtual environment from: MIXLAB_PYTHON, or the first on PATH that is new enough. */
export async function findPython(): Promise<string> {
  const named = process.env['MIXLAB_PYTHON'];
  const seen: string[] = [];
  for (const candidate of named ? [named] : CANDIDATES) {
    const { stdout, failed } = await execa(
      candidate,
      ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
      {
        reject: false,
      },
    );
    if (failed) continue;
    const [major = 0, minor = 0] = stdout.split('.').map(Number);
    if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])) {
      await checkVenv(candidate);
      return candidate;
    }
    seen.push(`${candidate} is ${stdout}`);
  }
  const found = seen.length > 0 ? seen.join(', ') : named ? `${named} does not start` : 'there is none';
  throw new SetupError(
    `Mixlab needs Python 3.11 or newer, and ${found}: install it (Debian: apt-get install python3 python3-venv) or set MIXLAB_PYTHON`,
  );
}

async function checkVenv(python: string): Promise<void> {
  const { failed } = await execa(python, ['-c', 'import venv, ensurepip'], { reject: false });
  if (failed)
    throw new SetupError(`${python} has no venv module: install it (Debian: apt-get install python3-venv)`);
}

/** Whether this machine has an NVIDIA GPU that its driver answers for. */
export async function hasNvidiaGpu(): Promise<boolean> {
  const { stdout, failed } = await execa('nvidia-smi', ['-L'], { reject: false });
  return !failed && stdout.includes('GPU');
}
