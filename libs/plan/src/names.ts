import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { entryOf } from './node-value.ts';
import { show } from './show.ts';

/** An experiment, and the file that exports it. */
export interface FileExperiment {
  readonly experiment: ExperimentData;
  readonly file: string;
}

const SEGMENT = /^[a-z0-9_][a-z0-9._-]*$/;
const MAX_SEGMENT = 100;
const MAX_NAME = 200;
const LENGTHS = `at most ${MAX_SEGMENT} characters between two "/", ${MAX_NAME} in all`;
const WORDS = 'words of a-z, 0-9, ".", "_" and "-", none of which starts with "." or "-", joined by "/"';

/** What is wrong with an experiment's name. It is a path of folders, on every file system. */
export function nameIssue(name: string): ConfigIssue | undefined {
  const segments = name.split('/');
  const isLong = name.length > MAX_NAME || segments.some((part) => part.length > MAX_SEGMENT);
  const isSpelt = segments.every((part) => SEGMENT.test(part));
  if (isSpelt && !isLong) return undefined;
  return {
    code: 'invalid-name',
    message: 'an experiment needs a name that can be a folder',
    path: 'name',
    expected: isSpelt ? LENGTHS : WORDS,
    got: name === '' ? 'nothing' : show(name),
  };
}

/**
 * Problems of experiments with each other: a name that is taken, or that is a folder inside another's folder.
 * Each problem stands at both experiments.
 */
export function checkNames(experiments: readonly FileExperiment[]): ConfigIssue[] {
  return experiments.flatMap((one) =>
    experiments.flatMap((other) => {
      const { name } = one.experiment;
      const message = one === other ? undefined : nameClash(name, other.experiment.name);
      if (message === undefined) return [];
      const also = locationOf(other);
      return [
        {
          code: name === other.experiment.name ? 'duplicate-name' : 'nested-name',
          message: `${message}, at ${also.file}:${also.line}:${also.column}`,
          path: 'name',
          got: show(name),
          at: locationOf(one),
        },
      ];
    }),
  );
}

/** What is wrong with a name beside another one: it is the same, or one is a folder inside the other. */
export function nameClash(name: string, other: string): string | undefined {
  // A name that is no name is told by itself.
  if (nameIssue(name) || nameIssue(other)) return undefined;
  if (name === other) return 'another experiment has this name';
  if (name.startsWith(`${other}/`)) return `this name lies inside the folder of the experiment ${other}`;
  return other.startsWith(`${name}/`)
    ? `the experiment ${other} lies inside the folder of this name`
    : undefined;
}

/** Where an experiment is named; the beginning of a file that exports one of another file. */
function locationOf({ experiment: { authored }, file }: FileExperiment): SourceLocation {
  const at = entryOf(authored, 'name')?.at ?? authored.at;
  return at?.file === file ? at : { file, line: 1, column: 1 };
}
