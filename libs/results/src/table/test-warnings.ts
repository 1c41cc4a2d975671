import type { RunResult } from '../reduce/reduce-run.ts';
import { groupBy } from './group-by.ts';
import { shownRuns } from './shown-runs.ts';

/** Numbers of tests that are of different checkpoints: the best one is chosen by what the test then measures. */
export function testWarnings(results: readonly RunResult[]): string[] {
  const tests = results.flatMap(({ run, trials }) =>
    trials.flatMap(({ value, tested }) =>
      value === null || !tested?.checkpoint ? [] : [{ run: run.name, checkpoint: tested.checkpoint }],
    ),
  );
  const byCheckpoint = [...groupBy(tests, ({ checkpoint }) => checkpoint)];
  if (byCheckpoint.length < 2) return [];
  const each = byCheckpoint.map(([name, of]) => `${name} (${shownRuns(of.map(({ run }) => run))})`);
  return [`tests are of different checkpoints: ${each.join('; ')}`];
}
