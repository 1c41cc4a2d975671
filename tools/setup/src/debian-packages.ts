import { execa } from 'execa';

const PACKAGES = ['slurmctld', 'slurmd', 'slurm-client', 'munge'];

/**
 * Installs Slurm from Debian's packages for the tests that start a cluster of their own: where that is possible without a
 * question, as root and with apt. Elsewhere, and where it fails, it says so, and those tests are skipped.
 */
export async function ensureSlurm(): Promise<void> {
  if ((await Promise.all(['slurmctld', 'slurmd', 'sbatch', 'munged'].map(exists))).every(Boolean)) return;
  if (process.getuid?.() !== 0 || !(await exists('apt-get'))) {
    console.log(`Tests on a real Slurm are skipped: they need root, and ${PACKAGES.join(', ')}`);
    return;
  }
  console.log('Installing Slurm, for tests on a cluster of their own …');
  const options = { reject: false, timeout: 180_000, env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;
  await execa('apt-get', ['update'], options);
  const { failed } = await execa(
    'apt-get',
    ['install', '-y', '--no-install-recommends', ...PACKAGES],
    options,
  );
  if (failed) console.log(`Tests on a real Slurm are skipped: ${PACKAGES.join(', ')} could not be installed`);
}

async function exists(program: string): Promise<boolean> {
  const { failed } = await execa('which', [program], { reject: false });
  return !failed;
}
