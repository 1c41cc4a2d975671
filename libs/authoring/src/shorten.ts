/** Text of the compiler's own, cut where it gets too long to read. */
export function shorten(text: string, length = 240): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
