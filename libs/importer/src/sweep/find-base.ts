import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ConfigFiles } from '../config-files.ts';

/** The base config of a sweep: where it is, and what it is called in the checkout. */
export interface FoundBase {
  /** Absolute. */
  readonly file: string;
  /** Relative to the checkout, with forward slashes: `configs/classification/…/r18.py`. */
  readonly path: string;
}

/**
 * Looks for the base config that a script names. The generator is started in the checkout, so a relative path is looked
 * for in each folder above the script; of an absolute one, the checkout is what lies before `configs`.
 *
 * @param script absolute
 * @returns undefined where there is no such file
 */
export function findBase(base: string, script: string, files: ConfigFiles): FoundBase | undefined {
  if (isAbsolute(base)) {
    const file = resolve(base);
    const checkout = file.lastIndexOf(`${sep}configs${sep}`);
    return files.exists(file) ? { file, path: slashed(file.slice(checkout + 1)) } : undefined;
  }
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    const file = join(folder, base);
    if (files.exists(file)) return { file, path: slashed(relative(folder, file)) };
    if (folder === dirname(folder)) return undefined;
  }
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
