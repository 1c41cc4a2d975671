import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from 'ts-morph';
import { compiledName } from './compiled-name.ts';
import { sharedModules } from './shared-modules.ts';

/** Knows where an import leads and what it is called once compiled. */
export interface Linker {
  /** The authored module that `specifier` means, absolute, if it is one. */
  authored(specifier: string, from: string): string | undefined;
  /** Any other file that `specifier` means by a relative path, absolute. */
  foreign(specifier: string, from: string): string | undefined;
  /** Whether `specifier` means something that is neither compiled nor shared with the generator, nor part of Node. */
  isForeign(specifier: string, from: string): boolean;
  /** What stands in the compiled text instead of `specifier`. */
  link(specifier: string, from: string): string;
}

/**
 * @param configs absolute path of `configs/`; modules in it are compiled, all others are imported as they are
 */
export function createLinker(
  configs: string,
  options: ts.CompilerOptions,
  host: ts.ModuleResolutionHost,
): Linker {
  function resolve(specifier: string, from: string): string | undefined {
    return ts.resolveModuleName(specifier, from, options, host).resolvedModule?.resolvedFileName;
  }

  function authored(specifier: string, from: string): string | undefined {
    if (!specifier.startsWith('.')) return undefined;
    const file = resolve(specifier, from);
    return file && isCompiled(file, configs) ? file : undefined;
  }

  function foreign(specifier: string, from: string): string | undefined {
    if (!specifier.startsWith('.')) return undefined;
    const file = resolve(specifier, from);
    return file && !isCompiled(file, configs) ? file : undefined;
  }

  function isForeign(specifier: string, from: string): boolean {
    if (Object.hasOwn(sharedModules, specifier) || specifier.startsWith('node:')) return false;
    return authored(specifier, from) === undefined;
  }

  function link(specifier: string, from: string): string {
    const shared = sharedModules[specifier];
    if (shared) return shared;
    if (!specifier.startsWith('.')) return specifier;
    const target = authored(specifier, from);
    if (target) return compiledSpecifier(from, target);
    const other = resolve(specifier, from);
    return other ? pathToFileURL(other).href : specifier;
  }

  return { authored, foreign, isForeign, link };
}

function isCompiled(file: string, configs: string): boolean {
  const inside = relative(configs, file);
  const outside = inside.startsWith('..') || inside.split(sep).includes('node_modules');
  return !outside && /\.[cm]?ts$/.test(file) && !/\.d\.[cm]?ts$/.test(file);
}

function compiledSpecifier(from: string, target: string): string {
  const path = relative(`${from}/..`, compiledName(target)).split(sep).join('/');
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return encoded.startsWith('.') ? encoded : `./${encoded}`;
}

/** A transformer that writes linked specifiers into imports and re-exports. */
export function withLinks(from: string, linker: Pick<Linker, 'link'>): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const { factory } = context;

    function visit(node: ts.Node): ts.Node {
      if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
        const { moduleSpecifier } = node;
        if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return node;
        const linked = factory.createStringLiteral(linker.link(moduleSpecifier.text, from));
        return ts.isImportDeclaration(node)
          ? factory.updateImportDeclaration(node, node.modifiers, node.importClause, linked, node.attributes)
          : factory.updateExportDeclaration(
              node,
              node.modifiers,
              node.isTypeOnly,
              node.exportClause,
              linked,
              node.attributes,
            );
      }
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        const [specifier, ...rest] = node.arguments;
        if (!specifier || !ts.isStringLiteral(specifier)) return node;
        const linked = factory.createStringLiteral(linker.link(specifier.text, from));
        return factory.updateCallExpression(node, node.expression, undefined, [linked, ...rest]);
      }
      return ts.visitEachChild(node, visit, context);
    }

    return ts.visitEachChild(source, visit, context);
  };
}
