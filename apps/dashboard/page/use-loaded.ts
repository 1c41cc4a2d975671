import { useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  /** Of before, while something newer is loaded; undefined at first. */
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/** What is slow to make is asked for less often: a tenth of the time goes into it at most. */
const REST = 9;
const LEAST_MILLISECONDS_BETWEEN = 300;

/** Loads what `key` names, and again after each change of `version`. */
export function useLoaded<T>(key: string, version: number, load: () => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { readonly key: string }>();
  const nextAt = useRef(0);
  const lastKey = useRef('');
  useEffect(() => {
    let isWanted = true;
    const wait = lastKey.current === key ? Math.max(0, nextAt.current - performance.now()) : 0;
    lastKey.current = key;
    const timer = setTimeout(async () => {
      const began = performance.now();
      const [value, problem] = await load().then(
        (found) => [found, undefined] as const,
        (error: Error) => [undefined, error.message] as const,
      );
      const ended = performance.now();
      nextAt.current = ended + Math.max(LEAST_MILLISECONDS_BETWEEN, REST * (ended - began));
      if (isWanted) setLoaded({ key, value, problem });
    }, wait);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, version]);
  return loaded?.key === key ? loaded : { value: undefined, problem: undefined };
}
