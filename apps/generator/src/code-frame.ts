import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeFrameColumns } from '@babel/code-frame';
import type { ConfigIssue } from '@mixlab/contracts';

/** A line longer than this is no help. */
const MAX_LINE = 300;

/** Characters that act on a terminal. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;

/** Shows the authored lines around what issues are about. */
export class CodeFrames {
  readonly #texts = new Map<string, string>();
  readonly #home: string;
  readonly #colours: boolean;

  constructor(home: string, colours: boolean) {
    this.#home = home;
    this.#colours = colours;
  }

  /** The lines, none where there is nothing to show. */
  frame({ at }: ConfigIssue): string {
    const text = at && this.#text(at.file);
    if (!at || text === undefined || text === '') return '';
    const line = text.split('\n')[at.line - 1];
    if (line === undefined || line.length > MAX_LINE) return '';
    const place = { start: { line: at.line, column: at.column } };
    const look = { linesAbove: 1, linesBelow: 1, highlightCode: this.#colours, forceColor: this.#colours };
    return `${codeFrameColumns(text.replaceAll(CONTROLS, '\ufffd'), place, look)}\n`;
  }

  #text(file: string): string | undefined {
    let text = this.#texts.get(file);
    if (text === undefined) this.#texts.set(file, (text = read(join(this.#home, file))));
    return text;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
