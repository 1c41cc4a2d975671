import type { CommandLine } from './command-line.ts';
import type { ConfigIssue } from './issue.ts';
import type { JsonObject, JsonSchema, JsonValue } from './json.ts';
import type { Halving } from './rungs.ts';

/** How one path shows in a run's name: `maxEpochs` with `ep` gives `ep100`. */
export interface NamePart {
  readonly path: string;
  readonly prefix: string;
}

/** Where users of another tool expect a run's config file: `mixlab configs --naming=<name>`. */
export interface FileNaming {
  readonly name: string;
  /**
   * Path of a config file below the output folder, ending in `.json`.
   *
   * @param varied paths of what the author lets vary, in order
   */
  path(config: JsonObject, varied: readonly string[]): string;
}

/** Whole numbers that are floats to Python, which prints `1.0`, where JSON has but one kind of number. */
export interface PythonFloats {
  /** Where a config has them, as JSON pointers: `/optimizer/paramwise_options/norm.bias/weight_decay`. */
  readonly places: readonly string[];
  /** Fields that are floats wherever they stand, or hold lists of them. */
  readonly fields?: readonly string[];
  /** By dotted path and JSON, values as Python spells them, whatever stands at that place otherwise. */
  readonly spelling?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * What an engine says of its run configs: all that expansion, hashing and naming need to know of fields.
 * `C` is the type of a resolved run config.
 */
export interface SweepSchema<C = JsonObject> {
  /** The engine's name, as in `--engine`. */
  readonly engine: string;
  readonly version: number;
  /** Fields, defaults, and which fields stand in the identity (`x-identity`). */
  readonly jsonSchema: JsonSchema;
  /** Fields that lead a run's name whether they vary or not, in this order. */
  readonly nameParts: readonly NamePart[];
  /**
   * For a path at which a config may have a value that nothing reads: the paths that it belongs to instead, none where
   * there is no such. Setting or varying it is an error.
   */
  unread?(path: string): readonly string[] | undefined;
  /** Another way to file run configs. */
  readonly naming?: FileNaming;
  /** Of an engine that tells floats from ints. */
  readonly floats?: PythonFloats;
  /** What an evaluation of a training logs, of an engine that knows; a report may also be of `test.<field>`. */
  readonly metrics?: readonly string[];
  /** Of an engine that a user defines. */
  readonly commandLine?: CommandLine<C>;
  /** Fills in defaults and checks everything, rules across fields included; paths in the issues are dotted. */
  validate(config: JsonObject): { readonly value: C } | { readonly issues: readonly ConfigIssue[] };
  /** What is wrong with a config on the machines that a run is to have; fields with which something is wrong are absent. */
  unfitMachines?(config: Partial<C>, launch: Machines): readonly ConfigIssue[];
  /** Epochs of a training, if nothing is wrong with them; of an engine whose trainings can be paused after any of them. */
  epochs?(config: Partial<C>): number | undefined;
  /** Why a config cannot be judged at the rungs of a halving; fields with which something is wrong are absent. */
  unfitHalving?(config: Partial<C>, halving: Halving): readonly ConfigIssue[];
  /** Optional, for speed: lets a large plan check each distinct value of a field once instead of once a run. */
  readonly fieldwise?: FieldwiseCheck<C>;
}

/** What a config has to fit of a `Launch`. */
export interface Machines {
  /** GPUs of one run, all of its nodes together; 0 trains on the CPU. */
  readonly gpusPerRun: number;
}

/** `validate` in two parts: together they accept what it accepts and give the same value. */
export interface FieldwiseCheck<C = JsonObject> {
  /** One top-level field by itself, undefined where it is absent; paths in the issues start with its name. */
  validate(
    field: string,
    value: JsonValue | undefined,
  ): { readonly value: JsonValue | undefined } | { readonly issues: readonly ConfigIssue[] };
  /** Rules across the fields of a config, as far as they passed: the others are absent. */
  rules(config: Partial<C>): readonly ConfigIssue[];
}
