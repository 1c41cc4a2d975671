import { Option, type Command as Commander } from 'commander';
import type { Command } from '@mixlab/contracts';
import { optionSpecs } from './option-spec.ts';
import type { OptionSpec } from './option-spec.ts';

/** What was typed for each option, before the schema has seen it: strings, lists of strings, `true`. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** Adds a command and its options to the program; `action` gets what was typed. */
export function addCommand(
  program: Commander,
  command: Command,
  action: (raw: RawOptions) => Promise<void>,
): void {
  const added = program.command(command.name).description(command.description).allowExcessArguments(false);
  added.configureHelp({ showGlobalOptions: false, optionTerm: ({ flags }) => shownFlags(flags) });
  const specs = optionSpecs(command.options);
  const positional = specs.filter((spec) => spec.positional);
  for (const spec of specs) added.addOption(commanderOption(spec).hideHelp(spec.positional === true));
  // Whether one is missing is for the command's schema to say, together with all other problems.
  for (const spec of positional) added.argument(`[${shownArgument(spec)}]`, describe(spec));
  const shown = positional.map((spec) =>
    spec.required ? `<${shownArgument(spec)}>` : `[${shownArgument(spec)}]`,
  );
  if (positional.length > 0) added.usage(['[options]', ...shown].join(' '));
  added.action((...typed: unknown[]) => {
    const named = typed[positional.length] as RawOptions;
    const given = positional.flatMap((spec, index) => argument(spec, typed[index], named[spec.key]));
    return action({ ...named, ...Object.fromEntries(given) });
  });
}

function shownArgument(spec: OptionSpec): string {
  return spec.kind === 'list' ? `${spec.flag}...` : spec.flag;
}

/** What was typed for an argument, in its place or by its name. */
function argument({ key, kind }: OptionSpec, typed: unknown, named: unknown): [string, unknown][] {
  if (kind === 'list') {
    const all = [...((typed as string[] | undefined) ?? []), ...((named as string[] | undefined) ?? [])];
    return all.length > 0 ? [[key, all]] : [];
  }
  return typed === undefined ? [] : [[key, typed]];
}

function commanderOption(spec: OptionSpec): Option {
  const option = new Option(flags(spec), describe(spec));
  if (spec.kind === 'flag-or-value') {
    option.argParser((value: string) => value === NO_VALUE || value);
  }
  if (spec.kind === 'list') {
    option.argParser((value: string, previous: string[] | undefined) => [
      ...(previous ?? []),
      ...pieces(spec, value),
    ]);
  }
  return option;
}

/** What no argument of a process can be. */
const NO_VALUE = '\0';

/**
 * The arguments of a command in which an optional value is written with `=` alone: commander would take the next argument for
 * one, and `check --json FILE` would write over the file that it is to check.
 */
export function withoutLooseValues(argv: readonly string[], command: Command): string[] {
  const optional = optionSpecs(command.options).filter(({ kind }) => kind === 'flag-or-value');
  const alone = new Set(optional.map(({ flag }) => `--${flag}`));
  const end = argv.indexOf('--');
  return argv.map((argument, index) =>
    alone.has(argument) && (end < 0 || index < end) ? `${argument}=${NO_VALUE}` : argument,
  );
}

/** As they are to be typed: `--json[=file]`. */
function shownFlags(flags: string): string {
  return flags.replace(/ \[(.*)\]$/, '[=$1]');
}

/** `-n, --dry-run`, `--mix-mode <name>`, `--json [file]`, `--no-color`, as commander takes them. */
function flags(spec: OptionSpec): string {
  const short = spec.short ? `-${spec.short}, ` : '';
  const placeholder = (spec.placeholder ?? (spec.numeric ? 'number' : 'value')).toLowerCase();
  switch (spec.kind) {
    case 'flag':
      return `${short}--${spec.negatable ? 'no-' : ''}${spec.flag}`;
    case 'flag-or-value':
      return `${short}--${spec.flag} [${placeholder}]`;
    default:
      return `${short}--${spec.flag} <${placeholder}>`;
  }
}

/** The description with what the schema knows: allowed values, default, how to give several. */
export function describe(spec: OptionSpec): string {
  const several = spec.commas === false ? 'repeatable' : 'repeatable, or separated by commas';
  const notes = [
    spec.allowed && `one of: ${spec.allowed.join(', ')}`,
    spec.kind === 'list' && !spec.positional && several,
    isShown(spec.defaultValue) && `default: ${String(spec.defaultValue)}`,
  ].filter(Boolean);
  return notes.length > 0 ? `${spec.description} (${notes.join('; ')})` : spec.description;
}

function isShown(value: unknown): boolean {
  return (
    value !== undefined && value !== false && value !== true && !(Array.isArray(value) && value.length === 0)
  );
}

function pieces(spec: OptionSpec, value: string): string[] {
  if (spec.commas === false) return [value];
  // A comma in braces belongs to a glob: `imagenet/{deit,rsb}`.
  const separated = value.match(/(?:\{[^}]*\}|[^,])+/g) ?? [];
  return separated.map((piece) => piece.trim()).filter(Boolean);
}
