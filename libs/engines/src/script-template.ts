import Handlebars from 'handlebars';
import { shellQuote } from './shell-quote.ts';

/** What a template may print: strings are quoted for the shell, whole numbers stand as they are. */
export type ScriptValues = Readonly<Record<string, string | number>>;

const LOOP = /^\{\{#each (\w+)\}\}\n(.*?)^\{\{\/each\}\}\n/ms;

/** Text, or the name of a value. */
type Part = { readonly text: string } | { readonly name: string };

/**
 * A bash script as a Handlebars template of text, names and partials. Every value is quoted for the shell, so that no
 * template can forget to. An unknown name is an error. (The templates are filled in here: for a few names and a hundred
 * thousand lines, what Handlebars would compile is slow.)
 *
 * @param partials templates by the name with which this one includes them
 */
export function scriptTemplate(
  template: string,
  partials: Readonly<Record<string, string>> = {},
): (values: ScriptValues) => string {
  const parts = partsOf(template, partials);
  return (values) => {
    let text = '';
    for (const part of parts) text += 'text' in part ? part.text : quote(part.name, values[part.name]);
    return text;
  };
}

/**
 * The same for a template with `{{#each …}}` and `{{/each}}`, on lines of their own, over lists that may be too long to hold:
 * the text in pieces, the lines of a list rendered as they are asked for.
 */
export function listTemplate(
  template: string,
): (values: ScriptValues, lists: Readonly<Record<string, Iterable<ScriptValues>>>) => Iterable<string> {
  // Text, then the name of a list, its line and the text that follows, for each of them.
  const [head = '', ...rest] = template.split(LOOP);
  const renderHead = scriptTemplate(head);
  const loops = Array.from({ length: rest.length / 3 }, (_, loop) => {
    const [list = '', line = '', tail = ''] = rest.slice(loop * 3);
    return { list, renderLine: scriptTemplate(line), renderTail: scriptTemplate(tail) };
  });
  return function* (values, lists) {
    yield renderHead(values);
    for (const { list, renderLine, renderTail } of loops) {
      const entries = lists[list];
      if (entries === undefined) throw new RangeError(`there is no list ${list}`);
      for (const entry of entries) yield renderLine(entry);
      yield renderTail(values);
    }
  };
}

function partsOf(template: string, partials: Readonly<Record<string, string>>): Part[] {
  return Handlebars.parse(template).body.flatMap((node): Part[] => {
    switch (node.type) {
      case 'ContentStatement':
        return [{ text: (node as hbs.AST.ContentStatement).value }];
      case 'MustacheStatement':
        return [{ name: nameIn((node as hbs.AST.MustacheStatement).path) }];
      case 'PartialStatement':
        return partsOf(partialOf(node as hbs.AST.PartialStatement, partials), partials);
      default:
        throw new Error(`a script cannot hold a ${node.type}`);
    }
  });
}

function partialOf({ name }: hbs.AST.PartialStatement, partials: Readonly<Record<string, string>>): string {
  const partial = partials[nameIn(name as hbs.AST.PathExpression)];
  if (partial === undefined)
    throw new Error(`there is no template ${nameIn(name as hbs.AST.PathExpression)}`);
  return partial;
}

function nameIn(expression: hbs.AST.Expression): string {
  return (expression as hbs.AST.PathExpression).original;
}

function quote(name: string, value: string | number | undefined): string {
  if (typeof value === 'string') return shellQuote(value);
  if (Number.isSafeInteger(value)) return String(value);
  throw new RangeError(`a script cannot hold ${value} as ${name}`);
}
