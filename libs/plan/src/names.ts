import type { ConfigIssue } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { entryOf, placed } from './node-value.ts';
import { show } from './show.ts';

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
export function checkNames(experiments: readonly ExperimentData[]): ConfigIssue[] {
  return experiments.flatMap((one) =>
    experiments.flatMap((other) => {
      const message = one === other ? undefined : nameClash(one.name, other.name);
      if (message === undefined) return [];
      const also = locationOf(other);
      const where = also ? `, at ${also.file}:${also.line}:${also.column}` : '';
      const code = one.name === other.name ? 'duplicate-name' : 'nested-name';
      return [
        {
          code,
          message: `${message}${where}`,
          path: 'name',
          got: show(one.name),
          ...placed(locationOf(one)),
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

function locationOf(experiment: ExperimentData) {
  return entryOf(experiment.authored, 'name')?.at ?? experiment.authored.at;
}
