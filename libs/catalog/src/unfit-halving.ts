import type { ConfigIssue, Halving } from '@mixlab/contracts';
import type { RunConfig } from './generated/run-config.ts';

/** Why runs with this config cannot be judged at the rungs of a halving: nothing is evaluated there. */
export function unfitHalving(
  { runtime, ema }: Partial<Pick<RunConfig, 'runtime' | 'ema'>>,
  { metric, rungs }: Halving,
): readonly ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const evaluateEvery = runtime?.evaluateEvery ?? 1;
  const missed = rungs.slice(0, -1).filter((epochs) => epochs % evaluateEvery !== 0);
  if (missed.length > 0) {
    issues.push({
      code: 'unevaluated-rung',
      message: `nothing is evaluated after ${missed.join(', ')} epochs, where halving has rungs`,
      path: 'runtime.evaluateEvery',
      expected: 'a divisor of each, or another `min` of the halving',
      got: String(evaluateEvery),
    });
  }
  if (metric.endsWith('_ema') && ema?.decay === 0) {
    issues.push({
      code: 'unlogged-metric',
      message: `without a moving average no evaluation has ${metric}`,
      path: 'ema.decay',
      expected: 'more than 0, or a halving by another metric',
      got: '0',
    });
  }
  return issues;
}
