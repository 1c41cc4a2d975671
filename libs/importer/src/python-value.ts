import type { SourceLocation } from '@mixlab/contracts';
import { PythonError } from './python-error.ts';
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
  readonly items: PythonValue[];
  /** Set where something that was not evaluated may have changed it. */
  doubt?: Unknown;
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
  /** Set where something that was not evaluated may have changed it. */
  doubt?: Unknown;
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
  /** ``numpy.array` is not evaluated`, as part of a sentence. */
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
  /** As they were when it was called. */
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

export function pyList(items: PythonValue[]): PythonList {
  return { kind: 'list', items };
}

export function pyTuple(items: readonly PythonValue[]): PythonTuple {
  return { kind: 'tuple', items };
}

export function pyDict(entries: Iterable<DictEntry> = []): PythonDict {
  const dict: PythonDict = { kind: 'dict', entries: new Map() };
  for (const entry of entries) setEntry(dict, entry);
  return dict;
}

/** As `dict[key] = value`: a key that is there keeps its place. */
export function setEntry({ entries }: PythonDict, entry: DictEntry): void {
  const id = keyOf(entry.key);
  const key = entries.get(id)?.key ?? entry.key;
  entries.set(id, { ...entry, key });
}

/** A set, each of `items` once. */
export function pySet(items: Iterable<PythonValue>): PythonSet {
  const members = new Map<string, PythonValue>();
  for (const item of items) if (!members.has(keyOf(item))) members.set(keyOf(item), item);
  return { kind: 'set', items: [...members.values()] };
}

/** The same for keys that are equal: `1`, `1.0` and `True` are one key. */
export function keyOf(value: PythonValue): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return `'${value}`;
    case 'boolean':
      return value ? '1' : '0';
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isInteger(value) ? String(BigInt(value)) : String(value);
  }
  if (value.kind === 'tuple') return `(${value.items.map(keyOf).join('\n')})`;
  throw new PythonError('TypeError', `unhashable type: '${typeName(value)}'`);
}

/** The name of a value's type. */
export function typeName(value: PythonValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'object') return value.kind;
  return { string: 'str', boolean: 'bool', bigint: 'int', number: 'float' }[
    typeof value as 'string' | 'boolean' | 'bigint' | 'number'
  ];
}

export function isUnknown(value: PythonValue | undefined): value is Unknown {
  return typeof value === 'object' && value !== null && value.kind === 'unknown';
}

/** The first value that is not known. */
export function unknownOf(...values: readonly PythonValue[]): Unknown | undefined {
  return values.find(isUnknown);
}

export function isKind<K extends Compound['kind']>(
  value: PythonValue | undefined,
  kind: K,
): value is Extract<Compound, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

type Compound = Extract<PythonValue, { kind: string }>;

/** The value, or that nobody knows what became of it. */
export function settled(value: PythonValue): PythonValue {
  return isKind(value, 'list') || isKind(value, 'dict') ? (value.doubt ?? value) : value;
}
