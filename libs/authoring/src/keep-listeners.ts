/**
 * Keeps what listens to this process as it is: who hooks its end could change the exit code of a command.
 *
 * @returns removes what has come since
 */
export function keepListeners(): () => void {
  const before = new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));
  return () => {
    for (const event of process.eventNames()) {
      for (const listener of process.rawListeners(event) as ((...given: unknown[]) => void)[])
        if (!before.get(event)?.includes(listener)) process.removeListener(event, listener);
    }
  };
}
