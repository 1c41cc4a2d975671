/**
 * Lets nothing that an author wrote end this process: `process.exit` and its like throw what `refusal` makes of their names.
 *
 * @returns sets them back
 */
export function refuseEnds(refusal: (call: string) => Error): () => void {
  const { exit, reallyExit, kill, abort } = process as typeof process & { reallyExit: () => never };
  const own = { exit, reallyExit, kill, abort };
  for (const name of Object.keys(own)) {
    Object.assign(process, {
      [name]: () => {
        throw refusal(`process.${name}`);
      },
    });
  }
  return () => void Object.assign(process, own);
}
