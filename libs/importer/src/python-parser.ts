import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import type { Node } from 'web-tree-sitter';

/** A node of a Python file's syntax tree. Lines and columns count from 0. */
export type SyntaxNode = Node;

/** Parses Python; made once, by `createPythonParser`. */
export interface PythonParser {
  /** The module of a source text. What is no Python is in it as nodes of type `ERROR`, or as missing ones. */
  parse(text: string): SyntaxNode;
}

/** The parts of a node, words and signs among them. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter((child) => child !== null);
}

/** The parts of a node that the grammar names. */
export function namedChildrenOf(node: SyntaxNode): SyntaxNode[] {
  return node.namedChildren.filter((child) => child !== null);
}

const GRAMMAR = 'tree-sitter-python/tree-sitter-python.wasm';

/** @throws Error when the grammar is not installed: a clone goes without it where npm cannot install its package */
export async function createPythonParser(): Promise<PythonParser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammarFile()));
  return {
    parse(text) {
      const tree = parser.parse(text);
      if (!tree) throw new Error('the parser was stopped');
      return tree.rootNode;
    },
  };
}

/** The published package has the grammar with it; in a clone it is the one of the package that it comes from. */
function grammarFile(): string {
  const published = join(import.meta.dirname, '../grammar/python.wasm');
  if (existsSync(published)) return published;
  try {
    return nodeModule.createRequire(import.meta.url).resolve(GRAMMAR);
  } catch {
    throw new Error(
      'the grammar of Python is not installed: npm install --ignore-scripts tree-sitter-python',
    );
  }
}
