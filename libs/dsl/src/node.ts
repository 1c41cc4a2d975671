import type { SourceLocation } from '@mixlab/contracts/issue';
import type { JsonPrimitive } from '@mixlab/contracts/json';
import type { Coupling } from './vary.ts';

/**
 * What an author wrote, as data: JSON with the place of each value, and with the values that vary. An experiment
 * holds nodes, so that nothing an author does to an object afterwards changes it.
 */
export type Node = ValueNode | ArrayNode | ObjectNode | VaryNode | InvalidNode;

interface Placed {
  readonly at?: SourceLocation;
  /** Where the name of the field stands, if its value stands elsewhere. */
  readonly named?: SourceLocation;
}

export interface ValueNode extends Placed {
  readonly kind: 'value';
  readonly value: JsonPrimitive;
}

export interface ArrayNode extends Placed {
  readonly kind: 'array';
  readonly items: readonly Node[];
}

export interface ObjectNode extends Placed {
  readonly kind: 'object';
  readonly entries: readonly (readonly [key: string, node: Node])[];
}

export interface VaryNode extends Placed {
  readonly kind: 'vary';
  readonly choices: readonly Node[];
  readonly coupling?: Coupling;
  readonly drawn?: true;
}

/** Something that no JSON file holds: a function, `undefined`, `NaN`. */
export interface InvalidNode extends Placed {
  readonly kind: 'invalid';
  /** In words: `a function`. */
  readonly got: string;
  /** What should have been there, where that is known. */
  readonly expected?: string;
  /** What a `todo` says of itself. */
  readonly todo?: string;
}
