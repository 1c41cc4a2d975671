import { ConfigError, listNames, nearestName, type ConfigIssue } from '@mixlab/contracts';
import type { Tree } from '@nx/devkit';

/** Gathers what is wrong with a generator's options. */
export class Problems {
  readonly #issues: ConfigIssue[] = [];

  /** A value that does not look as it should. */
  check(option: string, value: string, pattern: RegExp, expected: string): void {
    if (!pattern.test(value))
      this.#add(option, 'the value is not allowed here', { expected, got: JSON.stringify(value) });
  }

  /** A name that is none of those there are. */
  oneOf(option: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    const nearest = nearestName(name, names);
    this.#add(option, 'there is nothing with this name', {
      got: JSON.stringify(name),
      ...(nearest ? { nearest } : { expected: `one of ${listNames(names)}` }),
    });
  }

  /** A name that something has already. */
  free(option: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) this.#add(option, 'the name is taken', { got: JSON.stringify(name) });
  }

  /** A problem that somebody else has found with the value of an option. */
  found(option: string, issue: Pick<ConfigIssue, 'message' | 'expected' | 'got'> | undefined): void {
    if (issue) this.#issues.push({ ...issue, code: 'invalid-option', path: `--${option}` });
  }

  /** A file that must not be there. */
  noFile(tree: Tree, option: string, path: string): void {
    if (tree.exists(path)) this.#add(option, `${path} is there already`, {});
  }

  /** @throws ConfigError with all of them */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw new ConfigError(this.#issues);
  }

  #add(option: string, message: string, more: Partial<ConfigIssue>): void {
    this.#issues.push({ code: 'invalid-option', message, path: `--${option}`, ...more });
  }
}
