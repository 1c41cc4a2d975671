import type { Wrong } from './distribution.ts';

/** Marks what stands where a value could not be made; registered globally, as other marks are. */
export const wrong: unique symbol = Symbol.for('mixlab.wrong') as never;

/** A value that could not be made of what its author gave, and why: planning says so at its place. */
export interface WrongValue {
  readonly [wrong]: Wrong;
}

export function wrongValue(why: Wrong): WrongValue {
  return Object.freeze({ [wrong]: Object.freeze(why) });
}

export function isWrong(value: unknown): value is WrongValue {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, wrong);
}
