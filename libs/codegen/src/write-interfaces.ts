import type { JsonSchema } from '@mixlab/contracts';
import type { SourceFile } from 'ts-morph';
import { fieldDoc } from './json-schema.ts';
import { typeText } from './type-text.ts';

/** An interface of a resolved value: every field is there. */
export function writeInterface(file: SourceFile, name: string, schema: JsonSchema): void {
  file.addInterface({
    name,
    isExported: true,
    docs: docs(schema.description ?? ''),
    properties: Object.entries(schema.properties ?? {}).map(([key, field]) => ({
      name: key,
      isReadonly: true,
      type: typeText(field),
      docs: docs(fieldDoc(field)),
    })),
  });
}

/** An interface of a method's parameters as an author gives them: without its name, and what has a default may be left out. */
export function writeParameters(file: SourceFile, className: string, schema: JsonSchema): void {
  const properties = Object.entries(schema.properties ?? {}).filter(([, field]) => field.const === undefined);
  file.addInterface({
    name: `${className}Params`,
    isExported: true,
    docs: [`Parameters of ${className}, as an author gives them.`],
    properties: properties.map(([key, field]) => ({
      name: key,
      isReadonly: true,
      hasQuestionToken: !schema.required?.includes(key),
      type: typeText(field),
      docs: docs(fieldDoc(field)),
    })),
  });
}

/** What an editor shows of a method. */
export function methodDoc({ doc, paper }: { readonly doc: string; readonly paper: string }): string {
  return `${commentText(doc)}\n\nPaper: ${/^\d{4}\.\d{4,5}$/.test(paper) ? `https://arxiv.org/abs/${paper}` : paper}`;
}

function docs(text: string): string[] {
  return text ? [commentText(text)] : [];
}

/** Text that does not end the comment that it stands in. */
function commentText(text: string): string {
  return text.replaceAll('*/', '*\\/');
}
