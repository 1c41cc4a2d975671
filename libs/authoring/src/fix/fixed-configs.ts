import { relative, sep } from 'node:path';
import type { ts } from 'ts-morph';
import { runConfigJsonSchema } from '@mixlab/catalog/json-schema';
import { migrations as known } from '@mixlab/catalog/migrations';
import type { ConfigIssue, Migration } from '@mixlab/contracts';
import { createConfigProgram } from '../program.ts';
import { Edits } from './edit.ts';
import { pinDefaults } from './pins.ts';
import { Renames } from './renames.ts';

export interface FixOptions {
  /** Workspace root, absolute. */
  readonly home: string;
  /** Authored files and catalogs, relative to `home`; what they import of `configs/` is looked at, too. */
  readonly files: readonly string[];
  /** The version of the run config that they are written for: whose defaults they count on. */
  readonly since: number;
  /** Default: what the catalog knows. */
  readonly migrations?: readonly Migration[];
}

/** A file that is to be another. */
export interface FixedFile {
  /** Relative to the workspace root, with forward slashes. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export interface FixedConfigs {
  readonly files: readonly FixedFile[];
  /** What is to be done by hand. */
  readonly issues: readonly ConfigIssue[];
}

/** Authored files as they read in the newest version of the run config. Writes nothing; comments and layout stay. */
export function fixedConfigs({ home, files, since, migrations = known }: FixOptions): FixedConfigs {
  const { program } = createConfigProgram(home, files);
  const name = (source: ts.SourceFile): string => relative(home, source.fileName).split(sep).join('/');
  const isOurs = (source: ts.SourceFile): boolean =>
    name(source).startsWith('configs/') && !name(source).includes('node_modules/');
  const edits = new Edits(name);
  const pending = migrations.filter(({ version }) => version > since);
  const checker = program.getTypeChecker();
  const renames = new Renames({ checker, edits, migrations, hasParameter, isOurs });
  const sources = program.getSourceFiles().filter(isOurs);
  for (const source of sources) {
    renames.visit(source);
    pinDefaults(source, pending, edits);
  }
  const results = edits.results();
  const fixed = results.map(({ source, text }) => ({ file: name(source), before: source.text, after: text }));
  return { files: fixed.sort((a, b) => (a.file < b.file ? -1 : 1)), issues: edits.issues };
}

/** Whether any method has a parameter of this name by now. */
function hasParameter(name: string): boolean {
  const { discriminator } = runConfigJsonSchema.properties?.['mixMode'] ?? {};
  return Object.values(discriminator?.mapping ?? {}).some((reference) => {
    const schema = runConfigJsonSchema.$defs?.[reference.replace('#/$defs/', '')];
    return Object.hasOwn(schema?.properties ?? {}, name);
  });
}
