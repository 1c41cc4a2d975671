import type { SourceLocation } from '@mixlab/contracts';
import type { PythonValue, Unknown } from '../python-value.ts';

/** One call of OpenMixup's `ConfigGenerator(base_path, num_device).generate(model_var, gm_var, abbs)`. */
export interface ScriptSweep {
  /** Where the call stands. */
  readonly at: SourceLocation;
  /** As the script says it, mostly relative to the checkout. */
  readonly base: Placed<string | Unknown>;
  /** GPUs of a run. */
  readonly devices: Placed<number | Unknown>;
  /** What makes a folder for each value, `model_var`. */
  readonly folders: readonly SweepAxis[] | Unknown;
  /** What is part of a file's name, `gm_var`. */
  readonly parameters: readonly SweepAxis[] | Unknown;
  /** Words of file names, and what stands for them, in the order in which they are replaced. */
  readonly abbreviations: Readonly<Record<string, string>>;
}

export interface Placed<T> {
  readonly value: T;
  readonly at: SourceLocation;
}

/** A dotted path and the values that it takes in turn. */
export interface SweepAxis {
  readonly path: string;
  readonly at: SourceLocation;
  /** Unknown as a whole, or in parts. */
  readonly values: readonly PythonValue[] | Unknown;
}

/** Whether something is known only when the script runs. */
export function isOpen(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'unknown';
}
