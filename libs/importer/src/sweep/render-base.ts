import { createHash } from 'node:crypto';
import { IndentationText, Project, QuoteKind } from 'ts-morph';
import type { EvaluatedConfig } from '../evaluate-config.ts';
import { pythonStr } from '../python-text.ts';
import { wholeFloats } from './whole-floats.ts';
import { laidOut, layOut } from './layout.ts';
import { array, literal, object, quoted } from './literal.ts';
import type { Show } from './literal.ts';

/** Whether a module of a base config is as it was written. */
export function isAsWritten(text: string): boolean {
  const [, digest, body] = /^\/\/ The base config .* \(([0-9a-f]{12})\)\.\n(.*)$/s.exec(text) ?? [];
  return body !== undefined && digestOf(body) === digest;
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 12);
}

/**
 * The module of a base config with all that it inherits: an object `as const`, of which sweeps get their types, with a
 * `todo` for each value that only Python knows.
 */
export function renderBase({ python }: EvaluatedConfig, from: string, show: Show): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const file = project.createSourceFile('base.ts');
  const entries = [...python.entries.values()];
  const fields = entries.map(({ key, value }) => [pythonStr(key), literal(value, show)] as const);
  const text = laidOut(object(fields));
  if (text.includes('todo('))
    file.addImportDeclaration({ moduleSpecifier: '@mixlab/dsl', namedImports: ['todo'] });
  const declared = 'export const floats: readonly string[] = ';
  const floats = layOut(array(wholeFloats(python).map(quoted)), 0, declared.length, 1);
  file.addStatements(`\nconst base = ${text} as const;\n\nexport default base;`);
  file.addStatements(`\n// Its whole numbers that are floats to Python.\n${declared}${floats};`);
  const body = file.getFullText();
  const note = `\`mixlab import\` writes it anew unless it was changed (${digestOf(body)})`;
  return `// The base config ${from}, flattened: ${note}.\n${body}`;
}
