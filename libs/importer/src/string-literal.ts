import { NotEvaluated } from './python-error.ts';
import { childrenOf } from './python-parser.ts';
import type { SyntaxNode } from './python-parser.ts';

/** The text of an escape sequence of a Python string, the backslash included. */
export function unescape(sequence: string): string {
  const simple = simpleEscapes[sequence.charAt(1)];
  if (simple !== undefined && sequence.length === 2) return simple;
  const hex = /^\\(?:x|u|U)([0-9a-fA-F]+)$/.exec(sequence)?.[1];
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  const octal = /^\\([0-7]{1,3})$/.exec(sequence)?.[1];
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  if (sequence.startsWith('\\N{')) throw new NotEvaluated('names of characters are not evaluated');
  // A backslash before any other character stands for itself.
  return /^\\\r?\n$/.test(sequence) ? '' : sequence;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The letters before the quote, in lower case: `r`, `f`, `b`, `rb`. */
export function prefixOf(node: SyntaxNode): string {
  return /^[a-zA-Z]*/.exec(node.text)?.[0].toLowerCase() ?? '';
}

/** What stands between quotes or braces in a `string_content`. */
export function contentText(node: SyntaxNode, isRaw: boolean): string {
  if (isRaw) return node.text;
  const escapes = childrenOf(node).filter((child) => child.type === 'escape_sequence');
  let text = '';
  let from = node.startIndex;
  const { text: all, startIndex } = node;
  for (const child of escapes) {
    text += all.slice(from - startIndex, child.startIndex - startIndex) + unescape(child.text);
    from = child.endIndex;
  }
  return text + all.slice(from - startIndex);
}
