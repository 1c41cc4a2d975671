import { ConfigError } from '@mixlab/contracts';

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

/** What is thrown where a file calls `process.exit` or its like while it is loaded. */
export function endsWhileLoaded(call: string): ConfigError {
  const message = `this file ends the process while it is loaded: ${call}`;
  return new ConfigError([{ code: 'load-failed', message }]);
}
