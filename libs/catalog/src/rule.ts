/**
 * A rule between fields of a run config, as the training library exports it. Paths are dotted; a number is an index,
 * `[]` stands for every element of an array. A rule holds where a field that it reads is absent or null, or not of the
 * type that it compares, and where one of its conditions (`when`) is not so.
 */
export type Rule = CompareRule | BoundRule | MatchesRule | SumRule;

export type Comparison = '<=' | '<' | '==' | '>=' | '>';

/**
 * The field at `path`, or that of any element where it has a `[]`, equals `equals`. Conditions on the elements of one array
 * hold where one and the same element meets all of them.
 */
export interface Condition {
  readonly path: string;
  readonly equals: string | number | boolean;
}

interface RuleBase {
  readonly code: string;
  readonly message: string;
  readonly when?: readonly Condition[];
}

/** The number at `left` compares so with the number at `right`. */
export interface CompareRule extends RuleBase {
  readonly kind: 'compare';
  readonly left: string;
  readonly op: Comparison;
  readonly right: string;
}

/** The value at `path` compares so with a constant. */
export interface BoundRule extends RuleBase {
  readonly kind: 'bound';
  readonly path: string;
  readonly op: Comparison;
  readonly value: string | number | boolean;
}

/** The whole string at `path` matches a pattern. */
export interface MatchesRule extends RuleBase {
  readonly kind: 'matches';
  readonly path: string;
  readonly pattern: string;
  /** What the pattern stands for, in words. */
  readonly expected: string;
}

/** The numbers at `sum` (a path with one `[]`) add up to `equals`, give or take `tolerance`. */
export interface SumRule extends RuleBase {
  readonly kind: 'sum';
  readonly sum: string;
  readonly equals: number;
  readonly tolerance: number;
}
