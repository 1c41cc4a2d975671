/** `format(value, '.2f')` as Python has it: of two equally near numbers the even one, and words for what is not finite. */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  // Half-way between two, such as 76.125: only what is an odd number of halves of 2^digits can be.
  const halves = value * 2 ** (digits + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(digits);
  const below = (halves * 5 ** digits - 1) / 2;
  return ((below % 2 === 0 ? below : below + 1) / 10 ** digits).toFixed(digits);
}

/** `{'path': 'logs', 'epoch_num': 30}`. */
export function shownArguments(given: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(given).map(
    ([key, value]) => `'${key}': ${typeof value === 'number' ? value : quoted(value)}`,
  );
  return `{${pairs.join(', ')}}`;
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}
