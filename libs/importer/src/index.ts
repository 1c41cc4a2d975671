export { diskFiles } from './config-files.ts';
export type { ConfigFiles } from './config-files.ts';
export { evaluateConfig, NOT_STATIC } from './evaluate-config.ts';
export type { EvaluatedConfig } from './evaluate-config.ts';
export { evaluateModule } from './evaluate-module.ts';
export type { EvaluatedModule } from './evaluate-module.ts';
export { createPythonParser } from './python-parser.ts';
export type { PythonParser, SyntaxNode } from './python-parser.ts';
export { floatRepr, pythonRepr, pythonStr } from './python-text.ts';
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
export { isKind, isUnknown } from './python-value.ts';
export { toJson } from './to-json.ts';
export type { JsonOfPython, UnknownAt } from './to-json.ts';
export { importFile } from './sweep/import-file.ts';
export type { ImportedFile, ImportedModule, ImportOptions } from './sweep/import-file.ts';
export { isAsWritten } from './sweep/render-base.ts';
