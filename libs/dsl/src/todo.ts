/** Marks a value that is still to be filled in; registered globally, so that two copies of this module understand each other. */
export const open: unique symbol = Symbol.for('mixlab.todo') as never;

interface Todo {
  readonly [open]: string;
}

/**
 * Stands where `mixlab import` could not tell a value, and fits wherever a value may stand. The generator refuses it with
 * its words.
 *
 * @param why what is to be looked up, and where: `configs/r50.py:12: it is read from the environment`
 */
export function todo(why: string): never {
  return Object.freeze({ [open]: why }) as never;
}

export function isTodo(value: unknown): value is Todo {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, open);
}
