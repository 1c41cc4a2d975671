import { methods } from '@mixlab/catalog';
import { ConfigError, formatIssue } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { planExperiment } from '@mixlab/plan';
import type { Plan, PlanOptions } from '@mixlab/plan';

export const source = { file: 'configs/example.config.ts', sha256: '0'.repeat(64) };

export function planOf<C>(experiment: ExperimentData<C>, options: Omit<PlanOptions, 'source'> = {}): Plan<C> {
  return planExperiment(experiment, { source, ...options });
}

/** Readable part of every run's name. */
export function shortNames(plan: Plan<unknown>): string[] {
  return [...plan.runs()].map((run) => run.name.replace(/-[0-9a-f]{8,}$/, ''));
}

/** The problems that `work` throws, as a person sees them; where all methods are listed, `<methods>` stands. */
export function problemsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map((issue) => withoutMethods(formatIssue(issue)));
    throw error;
  }
  return [];
}

const names = methods.map(({ name }) => name);
const lists = [names.join(', '), names.map((name) => JSON.stringify(name)).join(' or ')];

function withoutMethods(text: string): string {
  return lists.reduce((shorter, list) => shorter.replaceAll(list, '<methods>'), text);
}
