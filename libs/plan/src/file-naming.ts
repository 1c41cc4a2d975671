import type { FileNaming, JsonObject } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import type { Expansion } from './expansion.ts';
import { headFields } from './head.ts';
import type { IssueLog } from './issue-log.ts';
import { placed, walk } from './node-value.ts';
import type { RunTable } from './run-table.ts';

/** The naming that is asked for by name; undefined where none is, or the experiment's schema has no such one. */
export function readFileNaming(
  { schema, authored }: ExperimentData,
  name: string | undefined,
  log: IssueLog,
): FileNaming | undefined {
  if (name === undefined || schema.naming?.name === name)
    return schema.naming && name ? schema.naming : undefined;
  log.add({
    code: 'unknown-naming',
    message: `config files of the engine ${schema.engine} have no naming ${JSON.stringify(name)}`,
    path: '--naming',
    ...placed(authored.at),
  });
  return undefined;
}

/**
 * Path of each run's config file under a naming of another tool, relative to the experiment's folder. Where that tool
 * would write several runs to one file, each of them gets the first digits of its hash.
 */
export function filePaths(
  naming: FileNaming,
  experiment: ExperimentData,
  expansion: Expansion<unknown>,
  table: RunTable,
): string[] {
  const up = '../'.repeat(experiment.name.split('/').length);
  const varied = variedPaths(experiment);
  const paths = Array.from({ length: table.size }, (_, run) => {
    expansion.view(table.point(run));
    return naming.path(expansion.values() as JsonObject, varied);
  });
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  return paths.map((path, run) => {
    if (counts.get(path) === 1) return up + path;
    return `${up}${path.slice(0, -'.json'.length)}-${table.hash(run).slice(0, table.digits(run))}.json`;
  });
}

/** What varies, by path, as it is written: what varies inside a choice is part of that. */
function variedPaths({ authored }: ExperimentData): readonly string[] {
  const entries = authored.kind === 'object' ? authored.entries : [];
  const found = entries
    .filter(([path]) => !headFields.includes(path))
    .flatMap(([path, node]) => walk(node, path).filter(([, inner]) => inner.kind === 'vary'))
    .map(([path]) => path);
  return found.filter(
    (path, at) => !found.slice(0, at).some((outer) => path === outer || path.startsWith(`${outer}.`)),
  );
}
