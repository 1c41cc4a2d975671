export { diskFiles } from './config-files.ts';
export type { ConfigFiles } from './config-files.ts';
export { createPythonParser } from './python-parser.ts';
export type { PythonParser, SyntaxNode } from './python-parser.ts';
export type {
  Binding,
  DictEntry,
  ForeignCall,
  PythonDict,
  PythonFunction,
  PythonList,
  PythonModule,
  PythonRange,
  PythonSet,
  PythonTuple,
  PythonValue,
  Scope,
  Unknown,
} from './python-value.ts';
