import type { CommandLine, Halving, JsonObject, Launch, Piece } from '@mixlab/contracts';
import type { TemplateName } from './templates.ts';

/** What an engine needs to know of a run. */
export interface EngineRun {
  readonly name: string;
  /** SHA-256, 64 hex digits. */
  readonly hash: string;
  /** Relative to the experiment's folder, with forward slashes. */
  readonly configPath: string;
  readonly trials: number;
  /** Whether this generation writes it and its scripts list it. */
  readonly selected: boolean;
  /** The resolved run config, in the order in which it is to be printed. Read once, and only of a selected run. */
  readonly config: JsonObject;
}

/** What an engine needs to know of a plan. */
export interface EnginePlan {
  readonly experiment: string;
  /** The authored file, relative to the workspace root. */
  readonly source: { readonly file: string };
  readonly launch: Launch;
  /** Where only the best runs are trained to the end. */
  readonly halving?: Halving | undefined;
  /** Every run of the whole plan, in order; asked for once for the configs and once more for the scripts. */
  runs(): Iterable<EngineRun>;
  /** `plan.json`. */
  planFile(): Iterable<Piece>;
}

/** A config in an engine's terms, or why it has none. */
export type Translation = { readonly config: JsonObject } | { readonly reasons: readonly string[] };

/** What config files are written for: a training library, by how it takes its configs and how it is started. */
export interface Engine {
  readonly name: string;
  /** Text of a run's config file. */
  configText(config: JsonObject): string;
  /** The same as UTF-8, faster; the bytes are good until the next call. */
  configBytes(config: JsonObject): Uint8Array;
  /** Template of the bash functions with which the scheduler trains one trial. */
  readonly trainer: TemplateName;
  /** Of an engine that a user defines. */
  readonly commandLine?: CommandLine;
  /** The fewest GPUs that a run may take. */
  readonly leastGpus: number;
}
