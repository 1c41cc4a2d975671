const BARE_WORD = /^[A-Za-z0-9_./:=@%+,-]+$/;

const CONTROL = /[\x01-\x1f\x7f]/;
const NOT_IN_AN_ARGUMENT = /\0|\p{Surrogate}/u;

/**
 * One word of a bash script that stands for exactly this string; the only place that quotes for the shell.
 *
 * It never spans lines, so that it is as safe in a comment as in a command: newlines and other control characters are
 * written as escapes, in bash's `$'…'`. (Of the packages that quote, shell-quote escapes `!` inside double quotes, where
 * the backslash stays, and shescape removes control characters and reads the system it runs on.)
 *
 * @throws RangeError for what no argument of a process can hold: NUL, and half of a surrogate pair
 */
export function shellQuote(value: string): string {
  if (BARE_WORD.test(value)) return value;
  if (NOT_IN_AN_ARGUMENT.test(value)) {
    throw new RangeError(`${JSON.stringify(value)} cannot be an argument of a process`);
  }
  if (!CONTROL.test(value)) return `'${value.replaceAll("'", `'\\''`)}'`;
  return `$'${value.replace(/[\x01-\x1f\x7f\\']/g, escape)}'`;
}

function escape(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\\' || character === "'") return `\\${character}`;
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
