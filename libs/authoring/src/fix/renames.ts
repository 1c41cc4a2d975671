import { ts } from 'ts-morph';
import { upgradePath } from '@mixlab/catalog/upgrade';
import type { Migration } from '@mixlab/contracts';
import { propertyKey } from '../positions.ts';
import type { Edits } from './edit.ts';

/** What an object's fields are of: a path of the run config, and the methods that its `mixMode` may be, where known. */
interface Scope {
  readonly path: string;
  readonly methods: readonly string[] | undefined;
}

/** A name that a field once had is never another one's: it can be told at any time. */
const FIRST = 1;

const ROOT: Scope = { path: '', methods: undefined };

/** What `Renames` has to know beside the text. */
export interface RenameContext {
  readonly checker: ts.TypeChecker;
  readonly edits: Edits;
  readonly migrations: readonly Migration[];
  /** Whether any method has a parameter of this name by now. */
  hasParameter(name: string): boolean;
  /** Whether a file may be changed. */
  isOurs(source: ts.SourceFile): boolean;
}

/** Finds the fields that authored files call by a former name, and edits them. */
export class Renames {
  readonly #context: RenameContext;
  /** Methods of which something was renamed. */
  readonly #methods: readonly string[];
  readonly #seen = new Set<string>();

  constructor(context: RenameContext) {
    this.#context = context;
    const changes = context.migrations.flatMap((migration) => migration.changes);
    this.#methods = [...new Set(changes.flatMap(({ method }) => method ?? []))];
  }

  /** Goes through a file: everything that is given to an experiment, to its steps and to a method. */
  visit(source: ts.SourceFile): void {
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) this.#call(node);
      ts.forEachChild(node, look);
    };
    look(source);
  }

  #call(call: ts.CallExpression): void {
    const name = calleeOf(call);
    const [first, second] = call.arguments;
    if (name === undefined || !first) return;
    if (name.owner === 'mix') this.#value(first, { path: 'mixMode', methods: [name.name] });
    else if (name.name === 'defineExperiment') this.#value(first, ROOT);
    else if (name.name === 'together') for (const each of call.arguments) this.#value(each, ROOT);
    else if (name.name === 'sample' && second) this.#value(second, ROOT);
    else if (name.name === 'when' || name.name === 'exclude') {
      const scope = { path: '', methods: methodsOf(first) };
      for (const each of call.arguments) this.#value(each, scope);
    }
  }

  #value(node: ts.Expression, scope: Scope): void {
    if (ts.isObjectLiteralExpression(node)) this.#object(node, scope);
    else if (ts.isArrayLiteralExpression(node)) for (const each of node.elements) this.#value(each, scope);
    else if (ts.isSpreadElement(node) || isWrapper(node)) this.#value(node.expression, scope);
    else if (ts.isConditionalExpression(node)) {
      this.#value(node.whenTrue, scope);
      this.#value(node.whenFalse, scope);
    } else if (ts.isCallExpression(node)) {
      if (calleeOf(node)?.name === 'vary') for (const each of node.arguments) this.#value(each, scope);
    } else if (ts.isIdentifier(node)) {
      const value = valueOf(node, this.#context.checker);
      if (value && this.#context.isOurs(value.getSourceFile())) this.#value(value, scope);
    }
  }

  #object(object: ts.ObjectLiteralExpression, scope: Scope): void {
    const key = `${object.getSourceFile().fileName}:${object.pos}:${scope.path}:${scope.methods?.join() ?? ''}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    for (const property of object.properties) {
      if (ts.isSpreadAssignment(property)) this.#value(property.expression, scope);
      const name = property.name && this.#key(property.name);
      if (name === undefined || !property.name) continue;
      const path = scope.path === '' ? name : `${scope.path}.${name}`;
      this.#field(property, property.name, path, scope);
      if (ts.isPropertyAssignment(property)) this.#value(property.initializer, { ...scope, path });
    }
  }

  /** A computed name is read where it is a constant. */
  #key(name: ts.PropertyName): string | undefined {
    if (!ts.isComputedPropertyName(name)) return propertyKey(name);
    const value = ts.isIdentifier(name.expression)
      ? valueOf(name.expression, this.#context.checker)
      : name.expression;
    return value && ts.isStringLiteralLike(value) ? value.text : undefined;
  }

  #field(property: ts.ObjectLiteralElementLike, name: ts.PropertyName, path: string, scope: Scope): void {
    const { edits } = this.#context;
    const today = this.#today(path, scope.methods);
    if (today === path) return;
    if (today === undefined) {
      edits.refuse(name, 'is a parameter of several methods, of which one calls it otherwise by now', path);
      return;
    }
    const lead = scope.path === '' ? '' : `${scope.path}.`;
    if (!today.startsWith(lead)) {
      edits.refuse(name, `is ${today} by now, which is outside of this object: write it there`, path);
      return;
    }
    const key = today.slice(lead.length);
    if (ts.isComputedPropertyName(name) && ts.isIdentifier(name.expression)) {
      const value = valueOf(name.expression, this.#context.checker);
      if (value) edits.replace(value, quoted(key, value.getText()));
    } else if (ts.isShorthandPropertyAssignment(property)) {
      edits.replace(name, `${keyText(key, name)}: ${name.getText()}`);
    } else {
      edits.replace(ts.isComputedPropertyName(name) ? name.expression : name, keyText(key, name));
    }
  }

  /** A path by its name of today; undefined where that depends on a method that is not known. */
  #today(path: string, methods: readonly string[] | undefined): string | undefined {
    const { migrations, hasParameter } = this.#context;
    const plain = upgradePath(path, undefined, FIRST, migrations);
    if (plain !== path || !path.startsWith('mixMode.')) return plain;
    const named = (method: string) => upgradePath(path, method, FIRST, migrations);
    if (methods) {
      const names = new Set(methods.map(named));
      return names.size > 1 ? undefined : [...names][0];
    }
    const renaming = this.#methods.filter((method) => named(method) !== path);
    if (renaming.length === 0) return path;
    const [parameter = ''] = path.slice('mixMode.'.length).split('.');
    const names = new Set(renaming.map(named));
    return names.size > 1 || hasParameter(parameter) ? undefined : [...names][0];
  }
}

/** `mix` and `cutmix` of `mix.cutmix(…)`, `when` of `….when(…)`. */
export function calleeOf(call: ts.CallExpression): { owner?: string; name: string } | undefined {
  const { expression } = call;
  if (ts.isIdentifier(expression)) return { name: expression.text };
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const owner = ts.isIdentifier(expression.expression) ? { owner: expression.expression.text } : {};
  return { ...owner, name: expression.name.text };
}

/** The methods that a condition asks for. */
function methodsOf(condition: ts.Expression): readonly string[] | undefined {
  if (!ts.isObjectLiteralExpression(condition)) return undefined;
  for (const property of condition.properties) {
    if (!ts.isPropertyAssignment(property) || propertyKey(property.name) !== 'mixMode') continue;
    const { initializer } = property;
    const items = ts.isArrayLiteralExpression(initializer) ? [...initializer.elements] : [initializer];
    const names = items.flatMap((item) => (ts.isStringLiteralLike(item) ? [item.text] : []));
    return names.length === items.length ? names : undefined;
  }
  return undefined;
}

/** What a constant is set to, where it is set. */
function valueOf(name: ts.Identifier, checker: ts.TypeChecker): ts.Expression | undefined {
  let symbol = checker.getSymbolAtLocation(name);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  let value = declaration.initializer;
  while (value && isWrapper(value)) value = value.expression;
  return value;
}

function isWrapper(
  node: ts.Expression,
): node is ts.ParenthesizedExpression | ts.AsExpression | ts.SatisfiesExpression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node);
}

/** A key as its author would write it. */
function keyText(key: string, former: ts.PropertyName): string {
  const text = former.getText();
  const isPlain = /^[A-Za-z_$][\w$]*$/.test(key) && ts.isIdentifier(former);
  return isPlain ? key : quoted(key, ts.isIdentifier(former) ? "'" : text);
}

function quoted(key: string, like: string): string {
  const quote = /["'`]/.exec(like)?.[0] ?? "'";
  return `${quote}${key}${quote}`;
}
