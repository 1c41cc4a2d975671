/**
 * A rule between fields of a run config, as the training library exports it. A path is dotted; `[]` stands for every
 * element of an array. A rule whose fields are absent or null holds.
 */
export type Rule = {
  readonly code: string;
  readonly message: string;
};
