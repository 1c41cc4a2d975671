import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findFormerNames } from '@mixlab/authoring';
import type { FixedConfigs, FixedFile } from '@mixlab/authoring';
import { renameOf } from '@mixlab/catalog/upgrade';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import { placeBefore } from './changed-lines.ts';
import { checkExperiments } from './check-experiments.ts';

/** Kinds of problems that a name which is not rewritten everywhere makes. */
const OF_NAMES: ReadonlySet<string> = new Set([
  'missing-value',
  'not-an-axis',
  'two-sources',
  'type',
  'unknown-name',
  'unknown-path',
  'wrong-type',
]);

/**
 * What of authored files is to be done by hand, so that a rewrite leaves nothing half done: what the rewrite itself tells,
 * and what `check` finds of former names in a copy of the workspace that has been rewritten.
 *
 * @param named the authored files that are meant, relative to the workspace
 */
export async function leftByHand(
  fixed: FixedConfigs,
  named: readonly string[],
  { home, cwd }: Pick<CommandIo, 'home' | 'cwd'>,
): Promise<ConfigIssue[]> {
  const problemsIn = async (folder: string): Promise<ConfigIssue[]> => {
    const paths = named.map((file) => join(folder, file));
    const { issues } = await checkExperiments(paths, { home: folder, cwd });
    return issues.filter(({ code }) => code === 'syntax' || OF_NAMES.has(code));
  };
  const rewrites = new Map(fixed.files.map((file) => [file.file, file]));
  const asItWas = (issue: ConfigIssue): ConfigIssue => {
    const rewrite = rewrites.get(issue.at?.file ?? '');
    return issue.at && rewrite
      ? { ...issue, at: placeBefore(issue.at, rewrite.before, rewrite.after) }
      : issue;
  };
  const before = await problemsIn(home);
  const unreadable = before.filter(({ code, at }) => code === 'syntax' && at && rewrites.has(at.file));
  if (unreadable.length > 0) return [...fixed.issues, ...unreadable.map(unread)];
  const copy = rewrittenCopy(home, fixed.files);
  try {
    const after = await problemsIn(copy);
    if (after.length === 0) return [...fixed.issues];
    const files = [...fixed.files.map(({ file }) => file), ...after.flatMap(({ at }) => at?.file ?? [])];
    const names = await findFormerNames(copy, files);
    const told = oncePerPlace([...fixed.issues, ...names.map(asItWas)]);
    const filesTold = new Set(told.map(({ at }) => at?.file));
    const known = new Set(before.map(kindOf));
    const caused = after
      .filter(
        (issue) => !filesTold.has(issue.at?.file) && (renameOf(issue.path) || !known.has(kindOf(issue))),
      )
      .map(byHand);
    return [...told, ...caused.map(asItWas)];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What cannot be read as a whole is not rewritten in parts. */
function unread(issue: ConfigIssue): ConfigIssue {
  return { ...issue, code: 'not-fixable', message: `mend this first: ${issue.message}` };
}

/** What a problem is, wherever it stands. */
function kindOf({ code, path, message }: ConfigIssue): string {
  return JSON.stringify([code, path, message]);
}

/** What `check` says of a file once it is rewritten, where nothing in its text tells more. */
function byHand(issue: ConfigIssue): ConfigIssue {
  const rename = renameOf(issue.path);
  const message = rename
    ? `has been called ${rename.to} since version ${rename.version}: change it here by hand`
    : `once rewritten: ${issue.message}`;
  return { ...issue, code: 'not-fixable', message };
}

function oncePerPlace(issues: readonly ConfigIssue[]): ConfigIssue[] {
  return [...new Map(issues.toReversed().map((issue) => [JSON.stringify(issue.at), issue])).values()];
}

/** A workspace with copies of the authored files, those that were rewritten among them, and everything else by links. */
function rewrittenCopy(home: string, files: readonly FixedFile[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'mixlab-fix-'));
  for (const entry of readdirSync(home)) {
    if (entry !== 'configs' && entry !== '.mixlab') symlinkSync(join(home, entry), join(copy, entry));
  }
  cpSync(join(home, 'configs'), join(copy, 'configs'), {
    recursive: true,
    // What a link leads to would be written through it. One that leads nowhere has nothing to copy.
    dereference: true,
    filter: (path) => basename(path) !== 'node_modules' && existsSync(path),
  });
  for (const { file, after } of files) writeFileSync(join(copy, file), after);
  return copy;
}
