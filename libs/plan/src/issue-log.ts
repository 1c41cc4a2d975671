import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import { overlap } from './paths.ts';

/** Distinct problems that are kept; more of them help nobody. */
const LIMIT = 200;

interface Entry {
  readonly issue: ConfigIssue;
  runs: number;
  /** The axes of the first run that has it. */
  readonly example: string | undefined;
}

/** Gathers problems; the same problem of many runs is one. */
export class IssueLog {
  readonly #entries = new Map<string, Entry>();
  readonly #blamed: string[] = [];
  readonly #excused: string[] = [];
  #left = 0;

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** A problem of the experiment as written. Follow-ups at the same fields are not reported. */
  add(issue: ConfigIssue, ...blamed: readonly string[]): void {
    this.#enter(issue, 0, undefined);
    this.#blamed.push(...blamed);
  }

  /** Fields whose absence has been explained: the author called them something else. */
  excuse(...paths: readonly string[]): void {
    this.#excused.push(...paths);
  }

  /**
   * A problem of one run.
   *
   * @param isSet whether anything sets the field that it is about
   */
  addOfRun(issue: ConfigIssue, isSet: boolean, example: () => string): void {
    const { path } = issue;
    if (path !== undefined && this.blames(path)) return;
    if (path !== undefined && !isSet && this.#excused.some((excused) => overlap(path, excused))) return;
    this.#enter(issue, 1, example);
  }

  /** Whether something at `path`, or around it, was reported already. */
  blames(path: string): boolean {
    return this.#blamed.some((blamed) => overlap(path, blamed));
  }

  /**
   * @param runs how many runs were checked
   * @throws ConfigError with all problems, in the order of the file
   */
  throwIfAny(runs: number): void {
    if (this.isEmpty) return;
    const issues = [...this.#entries.values()].map(({ issue, runs: affected, example }) => {
      if (affected === 0 || affected === runs) return issue;
      const which =
        affected === 1 ? `in the run with ${example}` : `in ${affected} of ${runs} runs, first ${example}`;
      return { ...issue, message: `${issue.message}, ${which}` };
    });
    issues.sort(inFileOrder);
    if (this.#left > 0) issues.push({ code: 'more', message: `and ${this.#left} more problems` });
    throw new ConfigError(issues);
  }

  #enter(issue: ConfigIssue, runs: number, example: (() => string) | undefined): void {
    // Of values that are all from one place, as those that are drawn, the first is told.
    const key = JSON.stringify([
      issue.code,
      issue.path,
      issue.message,
      issue.expected,
      issue.at ?? issue.got,
    ]);
    const known = this.#entries.get(key);
    if (known) known.runs += runs;
    else if (this.#entries.size >= LIMIT) this.#left += 1;
    else this.#entries.set(key, { issue, runs, example: example?.() });
  }
}

function inFileOrder(a: ConfigIssue, b: ConfigIssue): number {
  if (!a.at || !b.at) return a.at ? -1 : b.at ? 1 : 0;
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  return a.at.line - b.at.line || a.at.column - b.at.column;
}
