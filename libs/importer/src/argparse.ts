import type { Evaluation } from './evaluation.ts';
import type { ForeignCall, PythonValue } from './python-value.ts';

const PARSER = 'argparse.ArgumentParser';

/**
 * What `args.name` is when a script is run without arguments, where `made` is the call that gave `args`: the default of
 * that argument. Undefined where it is no call of `parse_args`, or the argument has to be given.
 */
export function argumentDefault(
  made: ForeignCall,
  name: string,
  { calls }: Evaluation,
): PythonValue | undefined {
  if (made.callee !== `${PARSER}.parse_args`) return undefined;
  const added = calls.find(({ callee, receiver, args, keywords }) => {
    if (callee !== `${PARSER}.add_argument` || receiver !== made.receiver) return false;
    return (keywords.get('dest') ?? destination(args)) === name;
  });
  if (!added) return undefined;
  const { args, keywords } = added;
  const fallback = keywords.get('default');
  if (fallback !== undefined) return converted(fallback, keywords.get('type'));
  const action = keywords.get('action');
  if (action === 'store_true') return false;
  if (action === 'store_false') return true;
  const isRequired = keywords.get('required') === true || !isFlag(args[0]);
  return isRequired ? undefined : null;
}

/** The name that argparse makes of flags: of the first with two dashes, else of the first. */
function destination(flags: readonly PythonValue[]): string | undefined {
  const texts = flags.filter((flag) => typeof flag === 'string');
  const chosen = texts.find((flag) => flag.startsWith('--')) ?? texts[0];
  return chosen?.replace(/^--?/, '').replaceAll('-', '_');
}

function isFlag(name: PythonValue | undefined): boolean {
  return typeof name === 'string' && name.startsWith('-');
}

/** argparse gives a default that is a string to the argument's type. */
function converted(fallback: PythonValue, type: PythonValue | undefined): PythonValue {
  const name = typeof type === 'object' && type?.kind === 'unknown' ? type.name : undefined;
  if (typeof fallback !== 'string') return fallback;
  if (name === 'builtins.int' && /^\s*[-+]?\d+\s*$/.test(fallback)) return BigInt(fallback.trim());
  if (name === 'builtins.float' && fallback.trim() !== '') return Number(fallback);
  return fallback;
}
