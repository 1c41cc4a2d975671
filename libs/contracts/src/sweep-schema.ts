import type { ConfigIssue } from './issue.ts';
import type { JsonObject, JsonSchema } from './json.ts';

/** How one path shows in a run's name: `maxEpochs` with `ep` gives `ep100`. */
export interface NamePart {
  readonly path: string;
  readonly prefix: string;
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
  /** Fills in defaults and checks everything, rules across fields included; paths in the issues are dotted. */
  validate(config: JsonObject): { readonly value: C } | { readonly issues: readonly ConfigIssue[] };
}
