import { posix } from 'node:path';
import { isOpen } from './script-sweep.ts';
import type { ScriptSweep } from './script-sweep.ts';

/**
 * Names of the experiments of a script's sweeps, which are their files' below `configs/`: the script's own path, and where
 * it makes several sweeps, the base config of each.
 *
 * @param script relative to the checkout: `configs/classification/cifar10/mixups/auto_train_mixups.py`
 */
export function sweepNames(script: string, sweeps: readonly ScriptSweep[]): string[] {
  const stem = script.replace(/^configs\//, '').replace(/\.py$/, '');
  const taken = new Set<string>();
  return sweeps.map(({ base }) => {
    const from = sweeps.length > 1 && !isOpen(base.value) ? `-${posix.basename(base.value, '.py')}` : '';
    const name = `openmixup/${stem}${from}`
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
