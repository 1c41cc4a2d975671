/** Who wrote a log: what its lines call the place where a training stood. */
export interface LogDialect {
  readonly name: 'mixlab' | 'openmixup';
  /** What follows the mode on a training line, in any order. */
  readonly position: readonly ['epoch', 'step', 'attempt'] | readonly ['epoch', 'iter'];
}

/** `log.jsonl` of this project. */
export const mixlabLog: LogDialect = { name: 'mixlab', position: ['epoch', 'step', 'attempt'] };

/** `<time>.log.json` of OpenMixup: a file for each start of a training, whose first line has no mode. */
export const openmixupLog: LogDialect = { name: 'openmixup', position: ['epoch', 'iter'] };
