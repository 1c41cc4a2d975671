import { run } from 'mixlab';

/** `npm create mixlab FOLDER`: what `mixlab init FOLDER` does, for somebody who has not installed it yet. */
export function create(argv: readonly string[]): Promise<number> {
  return run(['init', ...argv]);
}
