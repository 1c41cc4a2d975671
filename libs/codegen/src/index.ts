export { definitionsInOrder, fieldDoc, rangeText, refName, splitNullable } from './json-schema.ts';
export { EXTENSION_HEADER, renderExtension } from './render-extension.ts';
export { BACKBONE, typeText } from './type-text.ts';
export { methodDoc, writeInterface, writeParameters } from './write-interfaces.ts';
