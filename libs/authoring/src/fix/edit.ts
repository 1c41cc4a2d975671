import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import type { ts } from 'ts-morph';

/** A piece of a file's text that another one takes the place of. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edits of several files. The same piece is edited once. */
export class Edits {
  readonly issues: ConfigIssue[] = [];
  readonly #files = new Map<ts.SourceFile, Map<number, Edit>>();
  readonly #name: (source: ts.SourceFile) => string;

  constructor(name: (source: ts.SourceFile) => string) {
    this.#name = name;
  }

  replace(node: ts.Node, text: string): void {
    const source = node.getSourceFile();
    this.#add(source, { start: node.getStart(source), end: node.getEnd(), text }, node);
  }

  insert(source: ts.SourceFile, at: number, text: string, about: ts.Node): void {
    this.#add(source, { start: at, end: at, text }, about);
  }

  /** Says that something is to be done by hand. */
  refuse(node: ts.Node, message: string, path?: string): void {
    this.issues.push({ code: 'not-fixable', message, ...(path ? { path } : {}), at: this.#place(node) });
  }

  /** Every file that has edits, with its text after them. */
  results(): { readonly source: ts.SourceFile; readonly text: string }[] {
    return [...this.#files].map(([source, edits]) => {
      const sorted = [...edits.values()].sort((a, b) => b.start - a.start);
      return { source, text: sorted.reduce((text, each) => applied(text, each), source.text) };
    });
  }

  #add(source: ts.SourceFile, edit: Edit, about: ts.Node): void {
    const edits = this.#files.get(source) ?? new Map<number, Edit>();
    const known = edits.get(edit.start);
    if (known && edit.end > edit.start && known.text !== edit.text) {
      this.refuse(about, `stands for two things, which are called ${known.text} and ${edit.text} by now`);
      return;
    }
    const text = known && edit.end === edit.start ? known.text + edit.text : edit.text;
    this.#files.set(source, edits.set(edit.start, { ...edit, text }));
  }

  #place(node: ts.Node): SourceLocation {
    const source = node.getSourceFile();
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    return { file: this.#name(source), line: line + 1, column: character + 1 };
  }
}

function applied(text: string, { start, end, text: piece }: Edit): string {
  return text.slice(0, start) + piece + text.slice(end);
}
