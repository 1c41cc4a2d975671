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
 * The same for a template with one `{{#each …}}` whose list may be too long to hold: the text in pieces, the lines of the
 * list rendered as they are asked for.
 */
export function listTemplate(
  template: string,
): (values: ScriptValues, list: Iterable<ScriptValues>) => Iterable<string> {
  const { head, line, tail } = LOOP.exec(template)?.groups ?? {};
  if (head === undefined || line === undefined || tail === undefined) {
    throw new Error('a template for a list needs {{#each …}} and {{/each}} on lines of their own');
  }
  const [renderHead, renderLine, renderTail] = [head, line, tail].map((part) => scriptTemplate(part)) as [
    ReturnType<typeof scriptTemplate>,
    ReturnType<typeof scriptTemplate>,
    ReturnType<typeof scriptTemplate>,
  ];
  return function* (values, list) {
    yield renderHead(values);
    for (const entry of list) yield renderLine(entry);
    yield renderTail(values);
  };
}

function quoteAll(values: ScriptValues): ScriptValues {
  const quoted: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new RangeError(`${name} is ${value}`);
    quoted[name] = typeof value === 'number' ? value : shellQuote(value);
  }
  return quoted;
}
