import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ts } from 'ts-morph';
import { migrations as known } from '@mixlab/catalog/migrations';
import type { ConfigIssue, Migration } from '@mixlab/contracts';

/**
 * Where authored files, and those of `configs/` that they import, have names that a version renamed, as words of fields' names
 * and of strings, comments aside: what is to be done by hand where a rewrite did not make them right.
 *
 * @param files relative to `home`
 */
export function formerNames(
  home: string,
  files: readonly string[],
  migrations: readonly Migration[] = known,
): ConfigIssue[] {
  const all = new Set(files);
  const issues: ConfigIssue[] = [];
  for (const file of all) {
    if (!existsSync(join(home, file))) continue;
    const text = readFileSync(join(home, file), 'utf8');
    issues.push(...namesIn(file, text, migrations));
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      const target = posix.join(posix.dirname(file), fileName);
      if (/^\.{1,2}\//.test(fileName) && target.startsWith('configs/')) all.add(target);
    }
  }
  return issues;
}

function namesIn(file: string, text: string, migrations: readonly Migration[]): ConfigIssue[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const renames = migrations.flatMap(({ version, changes }) =>
    changes.flatMap((change) => (change.kind === 'renamed' ? [{ ...change, version }] : [])),
  );
  const issues: ConfigIssue[] = [];
  const visit = (node: ts.Node): void => {
    if (namesField(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) {
      const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
      for (const { path, to, version } of renames) {
        if (!node.text.split(/[^\w$]+/).includes(path.split('.').at(-1)!)) continue;
        const message = `"${path}" has been called ${to} since version ${version}: change it here by hand`;
        issues.push({ code: 'not-fixable', message, at: { file, line: line + 1, column: character + 1 } });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return issues;
}

/** Whether a name is that of a field, not of a constant or of what a function is given. */
function namesField(node: ts.Node): node is ts.Identifier {
  const { parent } = node;
  if (!ts.isIdentifier(node)) return false;
  if (ts.isBindingElement(parent))
    return parent.propertyName ? parent.propertyName === node : ts.isObjectBindingPattern(parent.parent);
  const isField =
    ts.isObjectLiteralElement(parent) ||
    ts.isPropertyAccessExpression(parent) ||
    ts.isTypeElement(parent) ||
    ts.isClassElement(parent) ||
    ts.isEnumMember(parent);
  return isField && parent.name === node;
}
