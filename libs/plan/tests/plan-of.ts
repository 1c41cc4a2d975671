import { ConfigError, formatIssue } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { planExperiment } from '@mixlab/plan';
import type { Plan, PlanOptions } from '@mixlab/plan';

export const source = { file: 'configs/example.config.ts', sha256: '0'.repeat(64) };

export function planOf<C>(experiment: ExperimentData<C>, options: Partial<PlanOptions> = {}): Plan<C> {
  return planExperiment(experiment, { source, ...options });
}

/** Readable part of every run's name. */
export function shortNames(plan: Plan<unknown>): string[] {
  return [...plan.runs()].map((run) => run.name.replace(/-[0-9a-f]{8,}$/, ''));
}

/** The problems that `work` throws, as a person sees them; for a list of many names `<many>` stands. */
export function problemsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map((issue) => shortened(formatIssue(issue)));
    throw error;
  }
  return [];
}

function shortened(text: string): string {
  return text.replace(/(\w+, )+\w+ … \(\d+ in all\)|("\w+" or ){5,}"\w+"/g, '<many>');
}
