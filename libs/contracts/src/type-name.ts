/** What an error calls a type of zod's. */
export function typeName(expected: string): string {
  return expected === 'int' ? 'a whole number' : expected;
}
