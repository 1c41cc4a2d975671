import { nearestName } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import type { OptionSpec } from './option-spec.ts';

export interface UnknownOptions {
  readonly issues: readonly ConfigIssue[];
  /** The arguments without them. */
  readonly rest: readonly string[];
}

/**
 * Every argument that names no option, with the nearest one: commander stops at the first, and knows no hint for
 * `--mixMode=cutmix`.
 */
export function unknownOptions(argv: readonly string[], specs: readonly OptionSpec[]): UnknownOptions {
  const known = new Map(specs.flatMap((spec) => flagsOf(spec).map((flag) => [flag, spec] as const)));
  const names = [...known.keys(), '--help'].filter((flag) => flag.startsWith('--'));
  const issues: ConfigIssue[] = [];
  const unknown = new Set<number>();
  for (let index = 0; index < argv.length && argv[index] !== '--'; index++) {
    const [flag = '', value] = splitOnce(argv[index]!);
    if (!flag.startsWith('--') || flag === '--help') continue;
    const spec = known.get(flag);
    if (!spec) {
      issues.push(unknownOption(flag, names));
      unknown.add(index);
    } else if (value === undefined && takesNext(spec)) index += 1;
  }
  return { issues, rest: argv.filter((_, index) => !unknown.has(index)) };
}

function flagsOf({ flag, short, negatable }: OptionSpec): string[] {
  return [`--${negatable ? 'no-' : ''}${flag}`, ...(short ? [`-${short}`] : [])];
}

function takesNext({ kind }: OptionSpec): boolean {
  return kind === 'value' || kind === 'list';
}

function splitOnce(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function unknownOption(flag: string, names: readonly string[]): ConfigIssue {
  const nearest = nearestName(kebabCase(flag), names);
  const issue = { code: 'unknown-option', message: `unknown option ${flag}` };
  return nearest ? { ...issue, nearest } : { ...issue, expected: names.join(', ') };
}

function kebabCase(flag: string): string {
  return flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
