import { ts } from 'ts-morph';
import { recipes } from '@mixlab/catalog/recipes';
import type { Change, JsonValue, Migration } from '@mixlab/contracts';
import { propertyKey } from '../positions.ts';
import type { Edits } from './edit.ts';
import { calleeOf } from './renames.ts';

type NewDefault = Extract<Change, { readonly kind: 'default' }>;

/**
 * Writes out the value that a field had by default until a version changed it, wherever nothing sets the field: so an
 * experiment stays what it was.
 */
export function pinDefaults(source: ts.SourceFile, migrations: readonly Migration[], edits: Edits): void {
  const changes = firstDefaults(migrations);
  if (changes.length === 0) return;
  const look = (node: ts.Node): void => {
    ts.forEachChild(node, look);
    if (!ts.isCallExpression(node)) return;
    const callee = calleeOf(node);
    for (const change of changes) {
      if (callee?.owner === 'mix' && callee.name === change.method) pinInMethod(node, change, edits);
      if (callee?.name === 'defineExperiment' && change.method === undefined) pin(node, change, edits);
    }
  };
  look(source);
}

/** Of several changes of one default, the oldest: its value is what the files were written for. */
function firstDefaults(migrations: readonly Migration[]): NewDefault[] {
  const found = new Map<string, NewDefault>();
  for (const change of migrations.flatMap(({ changes }) => changes)) {
    const key = `${change.method ?? ''} ${change.path}`;
    if (change.kind === 'default' && !found.has(key)) found.set(key, change);
    const renamed = change.kind === 'renamed' ? found.get(key) : undefined;
    if (change.kind === 'renamed' && renamed) {
      found.delete(key);
      found.set(`${change.method ?? ''} ${change.to}`, { ...renamed, path: change.to });
    }
  }
  return [...found.values()];
}

function pinInMethod(call: ts.CallExpression, change: NewDefault, edits: Edits): void {
  const [parameters] = call.arguments;
  const text = `${change.path}: ${print(change.before)}`;
  if (!parameters) edits.insert(call.getSourceFile(), call.getEnd() - 1, `{ ${text} }`, call);
  else if (!ts.isObjectLiteralExpression(parameters)) {
    edits.refuse(parameters, `write ${text} here: it was the default until now`, `mixMode.${change.path}`);
  } else if (!parameters.properties.some((each) => setsOrHides(each, change.path))) {
    addTo(parameters, text, edits);
  }
}

function pin(call: ts.CallExpression, change: NewDefault, edits: Edits): void {
  const [fields] = call.arguments;
  const text = `${/\./.test(change.path) ? `'${change.path}'` : change.path}: ${print(change.before)}`;
  if (!fields || !ts.isObjectLiteralExpression(fields)) {
    edits.refuse(call, `write ${text} where nothing sets it: it was the default until now`, change.path);
    return;
  }
  // What varies together, or is drawn, is told by its key, wherever it stands in the call.
  if (mentions(call, change.path) || recipeSets(fields, change.path)) return;
  const object = change.path.split('.')[0] ?? '';
  const nested = fields.properties.find((each) => each.name && propertyKey(each.name) === object);
  const inner = nested && ts.isPropertyAssignment(nested) ? nested.initializer : undefined;
  if (!nested) addTo(fields, text, edits);
  else if (inner && ts.isObjectLiteralExpression(inner) && change.path.split('.').length === 2) {
    const name = change.path.slice(object.length + 1);
    if (!inner.properties.some((each) => setsOrHides(each, name)))
      addTo(inner, `${name}: ${print(change.before)}`, edits);
  } else if (change.path !== object) {
    edits.refuse(nested, `write ${text} here: it was the default until now`, change.path);
  }
}

/** Whether a property is the field, or may bring it. */
function setsOrHides(property: ts.ObjectLiteralElementLike, name: string): boolean {
  return ts.isSpreadAssignment(property) || (property.name && propertyKey(property.name)) === name;
}

/** Whether the path is a key anywhere in the experiment's own fields. */
function mentions(call: ts.CallExpression, path: string): boolean {
  const look = (node: ts.Node): boolean =>
    (ts.isPropertyAssignment(node) && propertyKey(node.name) === path) ||
    ts.forEachChild(node, (child) => look(child) || undefined) === true;
  return call.arguments.some(look);
}

function recipeSets(fields: ts.ObjectLiteralExpression, path: string): boolean {
  const property = fields.properties.find((each) => each.name && propertyKey(each.name) === 'recipe');
  const value = property && ts.isPropertyAssignment(property) ? property.initializer.getText() : '';
  const name = /^recipes\.(\w+)$/.exec(value)?.[1];
  const recipe =
    name === undefined ? undefined : Object.entries(recipes).find(([each]) => each === name)?.[1];
  let inner: unknown = recipe?.values;
  for (const key of path.split('.')) inner = (inner as Record<string, unknown> | undefined)?.[key];
  return inner !== undefined;
}

/** Writes a field behind the last one of an object, as that one stands. */
function addTo(object: ts.ObjectLiteralExpression, field: string, edits: Edits): void {
  const source = object.getSourceFile();
  const last = object.properties.at(-1);
  if (!last) {
    edits.replace(object, `{ ${field} }`);
    return;
  }
  const before = source.text.slice(0, last.getStart(source));
  const indent = /\n([ \t]*)$/.exec(before)?.[1];
  edits.insert(source, last.getEnd(), indent === undefined ? `, ${field}` : `,\n${indent}${field}`, object);
}

function print(value: JsonValue): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value);
}
