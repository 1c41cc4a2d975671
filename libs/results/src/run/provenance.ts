import { provenanceSchema } from '@mixlab/contracts';
import type { Provenance } from '@mixlab/contracts';
import { readJson } from './read-json.ts';

/** A `provenance.json`; null where there is none that can be read. Never throws. */
export function readProvenance(path: string): Provenance | null {
  const file = readJson(path);
  const parsed = provenanceSchema.safeParse(file.kind === 'value' ? file.value : null);
  return parsed.success ? parsed.data : null;
}

/** One thing that trials were trained with. */
export interface Circumstance {
  /** `GPU`, `torch`, `code`. */
  readonly name: string;
  /** Each value with the number of trials that had it, the most frequent first. */
  readonly values: readonly { readonly value: string; readonly trials: number }[];
}

/** What the trials were trained with, in a fixed order: devices, software, code. */
export function circumstances(trials: readonly Provenance[]): Circumstance[] {
  const packages = [...new Set(trials.flatMap((trial) => Object.keys(trial.packages)))];
  const facts: readonly (readonly [string, (trial: Provenance) => string | undefined])[] = [
    ['device', deviceOf],
    ['host', ({ host }) => host],
    ['platform', ({ platform }) => platform],
    ['python', ({ python }) => python],
    ...packages.map((name) => [name, (trial: Provenance) => trial.packages[name]] as const),
    ['code', codeOf],
  ];
  return facts.map(([name, of]) => ({ name, values: counted(trials.flatMap((trial) => of(trial) ?? [])) }));
}

function deviceOf({ gpus, device, cpus }: Provenance): string {
  return gpus > 0 ? `${gpus} × ${device}` : `CPU ${device}, ${cpus ?? '?'} cores`;
}

function codeOf({ gitCommit, diffDigest }: Provenance): string | undefined {
  if (gitCommit === null) return undefined;
  return diffDigest === null ? gitCommit : `${gitCommit} with changes (SHA-256 ${diffDigest.slice(0, 12)})`;
}

function counted(values: readonly string[]): Circumstance['values'] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, trials]) => ({ value, trials })).sort((a, b) => b.trials - a.trials);
}
