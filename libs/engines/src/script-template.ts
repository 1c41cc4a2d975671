import Handlebars from 'handlebars';
import { shellQuote } from './shell-quote.ts';

/** What a template may print: strings are quoted for the shell, whole numbers stand as they are. */
export type ScriptValues = Readonly<Record<string, string | number>>;

const LOOP = /^(?<head>.*)^\{\{#each (?<list>\w+)\}\}\n(?<line>.*)^\{\{\/each\}\}\n(?<tail>.*)$/ms;

/**
 * A bash script as a Handlebars template. HTML escaping is off and shell quoting is on: every value is quoted before the
 * template sees it, so that none can forget to. An unknown name is an error.
 *
 * @param partials templates by the name with which this one includes them
 */
export function scriptTemplate(
  template: string,
  partials: Readonly<Record<string, string>> = {},
): (values: ScriptValues) => string {
  const handlebars = Handlebars.create();
  for (const [name, partial] of Object.entries(partials)) handlebars.registerPartial(name, partial);
  const render = handlebars.compile<ScriptValues>(template, { noEscape: true, strict: true });
  return (values) => render(quoteAll(values));
}

/**
 * The same for a template with one `{{#each …}}` over a list that may be too long to hold: the text in pieces, the lines of
 * the list rendered as they are asked for.
 */
export function listTemplate(
  template: string,
): (values: ScriptValues, list: Iterable<ScriptValues>) => Iterable<string> {
  const { head, line, tail } = LOOP.exec(template)?.groups ?? {};
  if (head === undefined || line === undefined || tail === undefined) {
    throw new Error('a template for a list needs {{#each …}} and {{/each}} on lines of their own');
  }
  const [renderHead, renderLine, renderTail] = [
    scriptTemplate(head),
    lineTemplate(line),
    scriptTemplate(tail),
  ];
  return function* (values, list) {
    yield renderHead(values);
    for (const entry of list) yield renderLine(entry);
    yield renderTail(values);
  };
}

/** A template of nothing but text and names, put together by hand: for a hundred thousand lines Handlebars is slow. */
function lineTemplate(line: string): (values: ScriptValues) => string {
  const parts = Handlebars.parseWithoutProcessing(line).body.map((node) => {
    if (node.type === 'ContentStatement') return { text: (node as hbs.AST.ContentStatement).value };
    const { path, params } = node as hbs.AST.MustacheStatement;
    if (path.type !== 'PathExpression' || params.length > 0)
      throw new Error(`a line cannot hold ${node.type}`);
    return { name: (path as hbs.AST.PathExpression).original };
  });
  return (values) => {
    let text = '';
    for (const { text: literal, name } of parts)
      text += name === undefined ? literal : quote(name, values[name]);
    return text;
  };
}

function quoteAll(values: ScriptValues): ScriptValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, quote(name, value)]));
}

function quote(name: string, value: string | number | undefined): string {
  if (typeof value === 'string') return shellQuote(value);
  if (Number.isSafeInteger(value)) return String(value);
  throw new RangeError(`a script cannot hold ${value} as ${name}`);
}
