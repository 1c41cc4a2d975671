import nodeModule from 'node:module';
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

/** @throws Error when the grammar, an optional dependency, is not installed */
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

function grammarFile(): string {
  try {
    return nodeModule.createRequire(import.meta.url).resolve(GRAMMAR);
  } catch {
    throw new Error(
      'the grammar of Python is not installed: npm install --ignore-scripts tree-sitter-python',
    );
  }
}
