import type { Launch } from '@mixlab/contracts';

/** What an experiment asks Slurm for, as options of `slurm.sh`: `--partition=gpu`. */
export function slurmOptions({ gpusPerNode, nodesPerRun, slurm = {} }: Launch): string[] {
  return Object.entries({ gpusPerNode, nodesPerRun, ...slurm }).flatMap(([field, value = []]) =>
    [value].flat().map((one) => `--${kebab(field)}=${one}`),
  );
}

/** `cpusPerTask` → `cpus-per-task`. */
function kebab(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
