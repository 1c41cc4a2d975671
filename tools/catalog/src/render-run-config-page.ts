import type { JsonSchema } from '@mixlab/contracts';
import { rangeText, refName, splitNullable, typeText } from '@mixlab/codegen';
import type { ExportDocument } from './export-document.ts';

const HEAD = `# Run config

Written by \`npx nx run catalog:generate\` from the training library; do not edit it.

Every field of a run config, by the path that an experiment sets it with: \`'optimizer.lr': 0.05\`, or, for a part as a whole,
\`optimizer: { name: 'adamw', lr: 0.001 }\`. A [recipe](../recipes.md) sets most of them; what nobody sets has its default.
Fields marked † do not change what is trained: they are no part of a run's identity.
`;

/** \`docs/reference/run-config.md\`: every dotted path with its type, range, default and meaning. */
export function renderRunConfigPage({ runConfig, rules }: ExportDocument): string {
  const fields = Object.entries(runConfig.properties ?? {});
  const parts = fields.filter(([, field]) => field.$ref !== undefined);
  const plain = fields.filter(([, field]) => field.$ref === undefined);
  const lines = [HEAD, '## The run', '', ...TABLE_HEAD];
  for (const [path, field] of plain)
    lines.push(row(path, field, runConfig.required?.includes(path) === true));
  for (const [path, field] of parts) {
    const part = runConfig.$defs?.[refName(field.$ref ?? '')];
    if (!part) throw new Error(`unknown definition of ${path}`);
    lines.push('', `## ${path}`, '', sentence(part.description), '', ...TABLE_HEAD);
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      const outside = field['x-identity'] === false ? { 'x-identity': false } : {};
      lines.push(row(`${path}.${name}`, { ...inner, ...outside }, part.required?.includes(name) === true));
    }
  }
  lines.push(
    '',
    '## Rules between fields',
    '',
    'A config that breaks one is refused with its message, before anything is written:',
    '',
  );
  lines.push(...[...new Set(rules.map(({ message }) => `- ${sentence(message)}`))]);
  return `${lines.join('\n')}\n`;
}

const TABLE_HEAD = ['| path | type | range | default | meaning |', '|---|---|---|---|---|'];

function row(path: string, field: JsonSchema, required: boolean): string {
  const isMethod = field.discriminator !== undefined;
  const type = isMethod ? '[a method](../methods.md)' : code(shownType(field));
  const fallback = () => (isMethod ? '`vanilla`' : code(JSON.stringify(field.default)));
  const mark = field['x-identity'] === false ? ' †' : '';
  const cells = [
    code(path) + mark,
    type,
    rangeText(elementOf(field)),
    required ? 'required' : fallback(),
    sentence(field.description),
  ];
  return `| ${cells.join(' | ')} |`;
}

function shownType(field: JsonSchema): string {
  const text = typeText(field).replace(/^readonly /, '');
  const { type } = elementOf(field).type ? elementOf(field) : splitNullable(field).schema;
  return type === 'integer' ? text.replaceAll('number', 'integer') : text;
}

/** What a range is of: the elements of a list. */
function elementOf(field: JsonSchema): JsonSchema {
  return splitNullable(field).schema.items ?? field;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** A description in one line, in which nothing is taken for HTML or a column. */
function sentence(text = ''): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line
    .split(/(`[^`]*`)/)
    .map((piece) => (piece.startsWith('`') ? piece : piece.replace(/[<*]|\b_|_\b/g, '\\$&')))
    .join('')
    .replaceAll('|', '\\|');
}
