/** Name of an authored module once compiled; relative stays relative. */
export function compiledName(file: string): string {
  return `${file}.mjs`;
}
