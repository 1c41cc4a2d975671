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
  added.configureHelp({ showGlobalOptions: false });
  for (const spec of optionSpecs(command.options)) added.addOption(commanderOption(spec));
  added.action((raw: RawOptions) => action(raw));
}

function commanderOption(spec: OptionSpec): Option {
  const option = new Option(flags(spec), describe(spec));
  if (spec.kind === 'list') {
    option.argParser((value: string, previous: string[] | undefined) => [
      ...(previous ?? []),
      ...pieces(spec, value),
    ]);
  }
  return option;
}

/** `-n, --dry-run`, `--mix-mode <name>`, `--json [file]`, `--no-color`. */
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
  const notes = [
    spec.allowed && `one of: ${spec.allowed.join(', ')}`,
    spec.kind === 'list' && (spec.commas === false ? 'repeatable' : 'repeatable, or separated by commas'),
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
