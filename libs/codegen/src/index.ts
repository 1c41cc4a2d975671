export { definitionsInOrder, fieldDoc, refName, splitNullable } from './json-schema.ts';
export { EXTENSION_HEADER, renderExtension } from './render-extension.ts';
export { methodDoc, writeInterface, writeParameters } from './write-interfaces.ts';
