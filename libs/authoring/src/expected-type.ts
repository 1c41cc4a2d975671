import { ts } from 'ts-morph';
import { listNames } from '@mixlab/contracts';

const MAX_TYPE = 100;

const DISTRIBUTION = 'choice(…), integer(…), logUniform(…) or uniform(…)';

/** Names that a type offers as string values: `'resnet18' | 'resnet50'`, alone or among other alternatives. */
export function stringValues(type: ts.Type | undefined): string[] {
  return alternatives(type).flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
}

/** Names of the fields that an object of this type may have, over all alternatives. */
export function fieldNames(type: ts.Type | undefined, checker: ts.TypeChecker): string[] {
  const names = fieldsOf(type, checker).map((symbol) => symbol.name);
  return [...new Set(names)].filter((name) => !name.startsWith('__'));
}

/** Types of those fields, or of those of one name. */
export function fieldTypes(type: ts.Type | undefined, checker: ts.TypeChecker, name?: string): ts.Type[] {
  const fields = fieldsOf(type, checker).filter((symbol) => name === undefined || symbol.name === name);
  return fields.map((symbol) => checker.getTypeOfSymbol(symbol));
}

function fieldsOf(type: ts.Type | undefined, checker: ts.TypeChecker): ts.Symbol[] {
  const objects = alternatives(type).filter(
    (member) =>
      ((member.flags & ts.TypeFlags.Object) !== 0 || member.isIntersection()) &&
      !checker.isArrayLikeType(member),
  );
  return objects.flatMap((member) => checker.getPropertiesOfType(member));
}

/** `name` of each alternative that is told by one, as the methods of a run config are. */
export function tagNames(type: ts.Type | undefined, checker: ts.TypeChecker): string[] {
  return alternatives(type).flatMap((member) => {
    const name =
      (member.flags & ts.TypeFlags.Object) !== 0 || member.isIntersection()
        ? member.getProperty('name')
        : undefined;
    return name ? stringValues(checker.getTypeOfSymbol(name)) : [];
  });
}

/**
 * A type as a reader wants to see it: `number`, `one of resnet18, resnet34 … (40 in all)`; undefined when it is no help.
 * That a value may vary goes without saying.
 */
export function describeType(type: ts.Type | undefined, checker: ts.TypeChecker): string | undefined {
  const vague = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter | ts.TypeFlags.Never;
  const members = alternatives(type).filter((member) => !isVaryType(member) && (member.flags & vague) === 0);
  if (members.length === 0) return undefined;
  const values = members.flatMap((member) =>
    member.isStringLiteral() || member.isNumberLiteral() ? [String(member.value)] : [],
  );
  const patterns = members.flatMap((member) =>
    (member.flags & ts.TypeFlags.TemplateLiteral) === 0 ? [] : [patternText(member, checker)],
  );
  if (values.length > 1) return `one of ${listNames([...values, ...patterns])}`;
  const tags = members.flatMap((member) => tagNames(member, checker));
  if (tags.length > 1) return `an object named ${listNames(tags.toSorted())}`;
  // That there may be several of the values, as in a condition, goes without saying, too.
  const others = members.filter((member) => values.length === 0 || !checker.isArrayLikeType(member));
  const texts = others.map((member) => describeMember(member, checker));
  if (texts.includes(undefined)) return undefined;
  return [...new Set(texts)].join(' or ').replace('false or true', 'boolean');
}

function describeMember(member: ts.Type, checker: ts.TypeChecker): string | undefined {
  if (checker.isTupleType(member)) return describeList(member, checker);
  if ((member.aliasSymbol ?? member.symbol)?.name === 'Distribution') return DISTRIBUTION;
  const fields = checker.isArrayLikeType(member) ? [] : fieldNames(member, checker);
  if (fields.length > 0 && member.getCallSignatures().length === 0)
    return `an object of ${listNames(fields)}`;
  const flags = ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  const text = checker.typeToString(member, undefined, flags);
  // Generic types are how the DSL is built, not what an author writes.
  return text.length <= MAX_TYPE && !text.includes('<') ? text : undefined;
}

/** `test.…` of the names that a template stands for. */
function patternText(type: ts.Type, checker: ts.TypeChecker): string {
  return checker.typeToString(type).replaceAll('`', '').replaceAll('${string}', '…');
}

/** What a list of this type looks like: `[[method, probability], …]`. */
export function describeList(type: ts.Type, checker: ts.TypeChecker): string {
  if (checker.isTupleType(type)) {
    const { labeledElementDeclarations, fixedLength } = (type as ts.TupleTypeReference).target;
    const names = Array.from(
      { length: fixedLength },
      (_, index) =>
        labeledElementDeclarations?.[index]?.name.getText() ??
        describeType(checker.getTypeArguments(type as ts.TypeReference)[index], checker) ??
        '…',
    );
    return `[${names.join(', ')}]`;
  }
  const element = type.getNumberIndexType();
  return element && checker.isArrayLikeType(element) ? `[${describeList(element, checker)}, …]` : '[…]';
}

/**
 * What a type says that exists to be read in an error: an interface that nothing is of, whose name is a sentence
 * (`UseTrialsForMoreSeeds`), with the code of such a problem.
 */
export function sentenceOf(
  type: ts.Type | undefined,
  checker: ts.TypeChecker,
): { readonly message: string; readonly code: 'wrong-type' | 'unsuited' } | undefined {
  for (const member of alternatives(type)) {
    if (!member.isClassOrInterface()) continue;
    const message = asWords(member.symbol.name);
    for (const { name } of checker.getPropertiesOfType(member)) {
      if (name.startsWith('__@nothing')) return { message, code: 'wrong-type' };
      if (name.startsWith('__@unsuited')) return { message, code: 'unsuited' };
    }
  }
  return undefined;
}

/** `mix mode` of `mixMode`. */
export function asWords(name: string): string {
  return name.replace(/\B[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

/** What a type consists of, without what the DSL adds for the sake of a name (`NoOther`). */
function alternatives(type: ts.Type | undefined): readonly ts.Type[] {
  if (!type) return [];
  // What `NoInfer` is around.
  if ((type.flags & ts.TypeFlags.Substitution) !== 0)
    return alternatives((type as ts.SubstitutionType).baseType);
  return (type.isUnion() ? type.types : [type]).filter((member) => member.symbol?.name !== 'NoOther');
}

/** Whether a list may be of this type. */
export function takesList(type: ts.Type | undefined, checker: ts.TypeChecker): boolean {
  return alternatives(type).some((member) => checker.isArrayLikeType(member));
}

/** Whether a value of this type may vary. */
export function mayVary(type: ts.Type | undefined): boolean {
  return alternatives(type).some(isVaryType);
}

export function isVaryType(type: ts.Type): boolean {
  return (type.aliasSymbol ?? type.symbol)?.name === 'Vary';
}
