import type { z } from 'zod';

/** Where a command stands and where it prints; commands never touch `process`. */
export interface CommandIo {
  /** Workspace root, absolute: the folder that holds `configs/`. */
  readonly home: string;
  /** Absolute; paths given on the command line are relative to it. */
  readonly cwd: string;
  /** Prints as given: a line ends with its own newline. */
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether stdout is a terminal. */
  readonly isTty: boolean;
  /** stdout, where it is a terminal that can be drawn on anew. */
  readonly terminal?: NodeJS.WriteStream;
  /** Asks whoever sits at a terminal, and waits for the answer; absent where nobody does. */
  confirm?(question: string): Promise<boolean>;
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A command as a plain value; the command line and the Nx executor are both made from `options`.
 * Fields are camelCase (`mixMode` is `--mix-mode`), each with `.describe()` and, where needed, `.meta()`
 * of `OptionMeta`. Booleans are flags, arrays are repeatable and comma-separated, a union of boolean and
 * string takes an optional value (`--json`, `--json=FILE`). A string or an array of strings that is `positional` is
 * typed without its name, `mixlab logs RUN…`, and with it where there is no other way: `nx run launcher:logs --run=…`.
 */
export interface Command<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly options: S;
  /** Works in any folder, which then is its home; all others need a workspace here or above. */
  readonly anywhere?: boolean;
  /** What is wrong with names among these options, a line each: what is said beside other options that are refused. */
  wrongNames?(options: Partial<z.output<S>>, io: CommandIo): readonly string[];
  /** Returns the exit code: 0 done, 1 failed, 2 bad input. */
  run(options: z.output<S>, io: CommandIo): Promise<number>;
}

/** What an option's zod schema carries in `.meta()` beside its description. */
export interface OptionMeta {
  /** One letter: `n` for `-n`. */
  readonly short?: string;
  /** `FILE` in `--json[=FILE]`. */
  readonly placeholder?: string;
  /** A flag that is on unless `--no-<name>` says otherwise. */
  readonly negatable?: boolean;
  /** An argument: what it is called on the command line is its key in capitals. The last one may be an array. */
  readonly positional?: boolean;
  /** False for a repeatable option whose values may hold commas. */
  readonly commas?: boolean;
}

export function defineCommand<S extends z.ZodObject>(command: Command<S>): Command<S> {
  return command;
}
