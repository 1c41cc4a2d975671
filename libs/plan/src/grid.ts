import type { Choice, Dimension } from './dimension.ts';
import type { Sources } from './sources.ts';

/** All combinations of the choices of every dimension. The one written last changes fastest. */
export class Grid {
  readonly size: number;
  readonly #dimensions: readonly Dimension[];
  /** For each dimension, by how much the number of a point grows from one choice to the next. */
  readonly #strides: readonly number[];

  constructor({ dimensions, gridOrder }: Pick<Sources, 'dimensions' | 'gridOrder'>) {
    this.#dimensions = dimensions;
    const strides = new Array<number>(dimensions.length).fill(1);
    let size = 1;
    for (const at of gridOrder.toReversed()) {
      strides[at] = size;
      size *= (dimensions[at] as Dimension).size;
    }
    this.#strides = strides;
    this.size = size;
  }

  /** The choices of a point, in the order in which they are laid over each other. */
  choices(point: number): Choice[] {
    const choices: Choice[] = [];
    for (let at = 0; at < this.#dimensions.length; at++) {
      const dimension = this.#dimensions[at] as Dimension;
      choices.push(dimension.choice(Math.floor(point / (this.#strides[at] as number)) % dimension.size));
    }
    return choices;
  }
}
