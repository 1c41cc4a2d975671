import { posix } from 'node:path';
import { isOpen } from './script-sweep.ts';
import type { ScriptSweep } from './script-sweep.ts';

/**
 * The name for the experiments of a script.
 *
 * @param script relative to the checkout: `configs/classification/cifar10/mixups/auto_train_mixups.py`
 */
export function nameOfScript(script: string): string {
  return `openmixup/${script.replace(/^configs\//, '').replace(/\.(py|json|ya?ml)$/, '')}`;
}

/**
 * Names of the experiments of a script's sweeps, which are their files' below `configs/`: `stem`, and where it makes several
 * sweeps, the base config of each after it.
 */
export function sweepNames(stem: string, sweeps: readonly ScriptSweep[]): string[] {
  const taken = new Set<string>();
  return sweeps.map(({ base }) => {
    const from = sweeps.length > 1 && !isOpen(base.value) ? `-${posix.basename(base.value, '.py')}` : '';
    const name = `${stem}${from}`
      .toLowerCase()
      .split('/')
      .map((part) =>
        part
          .replace(/[^a-z0-9._-]+/g, '_')
          .replace(/^[.-]+/, '_')
          .slice(0, 90),
      )
      .filter(Boolean)
      .join('/');
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
    taken.add(free);
    return free;
  });
}
