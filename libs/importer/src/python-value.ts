import type { SourceLocation } from '@mixlab/contracts';
import type { SyntaxNode } from './python-parser.ts';

/** A value of Python: `bigint` is its int, `number` its float, `null` its None. */
export type PythonValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | PythonList
  | PythonTuple
  | PythonSet
  | PythonRange
  | PythonDict
  | PythonFunction
  | PythonModule
  | Unknown;

/** Shared by all names that it has, as in Python. */
export interface PythonList {
  readonly kind: 'list';
  items: PythonValue[];
}

export interface PythonTuple {
  readonly kind: 'tuple';
  readonly items: readonly PythonValue[];
}

/** In the order in which its members were added. */
export interface PythonSet {
  readonly kind: 'set';
  readonly items: readonly PythonValue[];
}

export interface PythonRange {
  readonly kind: 'range';
  readonly items: readonly PythonValue[];
}

/** Shared by all names that it has, as in Python. Entries by what makes keys the same: `keyOf`. */
export interface PythonDict {
  readonly kind: 'dict';
  readonly entries: Map<string, DictEntry>;
}

export interface DictEntry {
  readonly key: PythonValue;
  readonly value: PythonValue;
  /** Where it was written. */
  readonly at?: SourceLocation;
}

/** A function or a lambda of the file. */
export interface PythonFunction {
  readonly kind: 'function';
  readonly name: string;
  readonly node: SyntaxNode;
  readonly scope: Scope;
}

/** An imported module. */
export interface PythonModule {
  readonly kind: 'module';
  /** As imported: `os.path`. */
  readonly name: string;
}

/** A value that only running the file would tell. Whatever is made of one is one. */
export interface Unknown {
  readonly kind: 'unknown';
  /** `\`torch.cuda\` is known only when it runs`. */
  readonly why: string;
  readonly at: SourceLocation;
  /** Of something that was imported, its dotted name: `openmixup.utils.ConfigGenerator`. */
  readonly name?: string;
  /** The call that it is the result of. */
  readonly call?: ForeignCall;
}

/** A call of something that was imported, or of a method of what such a call gave. */
export interface ForeignCall {
  /** `openmixup.utils.ConfigGenerator`, `openmixup.utils.ConfigGenerator.generate`. */
  readonly callee: string;
  /** The call that made the object whose method this is. */
  readonly receiver?: ForeignCall;
  readonly args: readonly PythonValue[];
  readonly keywords: ReadonlyMap<string, PythonValue>;
  readonly node: SyntaxNode;
  readonly at: SourceLocation;
}

/** Names and their values, in the order in which they were first assigned. */
export interface Scope {
  readonly names: Map<string, Binding>;
  readonly outer?: Scope;
}

export interface Binding {
  readonly value: PythonValue;
  /** Where it was assigned. */
  readonly at: SourceLocation;
}
