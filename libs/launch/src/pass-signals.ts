import type { StartedScript } from './start-script.ts';

const PASSED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a signal that comes again counts as the same: npx passes on what the terminal has sent already. */
const SAME_MILLISECONDS = 1000;
const MILLISECONDS_BETWEEN_KILLS = 500;

/** `asked`: no further trial starts, the running ones write a checkpoint. `killed`: they are ended. */
export type StopStage = 'asked' | 'killed';

/**
 * While a script works, a signal to this process is one to the script, and ends this process no more. The first asks for
 * checkpoints, a second one ends what runs.
 *
 * @param onStop hears of each stage
 * @returns a function that ends this
 */
export function passSignals(
  script: Pick<StartedScript, 'signal'>,
  onStop: (stage: StopStage, signal: NodeJS.Signals) => void = () => undefined,
): () => void {
  let first: number | undefined;
  let kills: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals) => {
    if (first === undefined) {
      first = Date.now();
      script.signal(signal);
      onStop('asked', signal);
    } else if (kills === undefined && Date.now() - first >= SAME_MILLISECONDS) {
      // The script, too, takes two signals in the same second for one: it gets this one until it has ended.
      kills = setInterval(() => script.signal(signal), MILLISECONDS_BETWEEN_KILLS);
      script.signal(signal);
      onStop('killed', signal);
    }
  };
  for (const signal of PASSED) process.on(signal, pass);
  return () => {
    clearInterval(kills);
    for (const signal of PASSED) process.off(signal, pass);
  };
}
