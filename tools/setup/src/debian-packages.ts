import { execa } from 'execa';

/** Programs that some tests start, and Debian's packages of them. */
const NEEDS = [
  {
    tests: 'on a real Slurm',
    programs: ['slurmctld', 'slurmd', 'sbatch', 'munged'],
    packages: ['slurmctld', 'slurmd', 'slurm-client', 'munge'],
  },
  { tests: 'in a real browser', programs: ['chromium'], packages: ['chromium'] },
] as const;

/**
 * Installs what tests need and no language's packages have, from Debian's: where that is possible without a question, as
 * root and with apt. Elsewhere, and where it fails, it says so, and those tests are skipped.
 */
export async function ensureDebianPackages(): Promise<void> {
  for (const need of NEEDS) await ensure(need);
}

async function ensure({ tests, programs, packages }: (typeof NEEDS)[number]): Promise<void> {
  if ((await Promise.all(programs.map(exists))).every(Boolean)) return;
  if (process.getuid?.() !== 0 || !(await exists('apt-get'))) {
    console.log(`Tests ${tests} are skipped: they need ${packages.join(', ')}, and root to install that`);
    return;
  }
  console.log(`Installing ${packages.join(', ')}, for tests ${tests} …`);
  const options = { reject: false, timeout: 180_000, env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;
  await execa('apt-get', ['update'], options);
  const { failed } = await execa(
    'apt-get',
    ['install', '-y', '--no-install-recommends', ...packages],
    options,
  );
  if (failed) console.log(`Tests ${tests} are skipped: ${packages.join(', ')} could not be installed`);
}

async function exists(program: string): Promise<boolean> {
  const { failed } = await execa('which', [program], { reject: false });
  return !failed;
}
