import cifar from './cifar.json' with { type: 'json' };
import imagenet from './imagenet.json' with { type: 'json' };

/** One column of a published table. */
export interface PublishedColumn {
  readonly label: string;
  readonly backbone: string;
  /** Absent where a column holds another quantity than accuracy. */
  readonly maxEpochs?: number;
  /** What sets the column apart from another of the same backbone and epochs: `A3`. */
  readonly setting?: string;
  /** What the column holds instead of accuracy: `Memory (G)`. */
  readonly quantity?: string;
  /** Source of a column that is not on the documentation page. */
  readonly addedBy?: string;
}

/** One row: a method, its alpha, and a value a column. */
export interface PublishedRow {
  readonly method: string;
  readonly label: string;
  /** The alphas of Beta(alpha, alpha); two for a switch of two methods, none for vanilla. */
  readonly alpha: readonly number[];
  /** Another alpha for some backbones. */
  readonly alphaFor?: Readonly<Record<string, readonly number[]>>;
  /** 📖: from the method's official implementation. */
  readonly official: boolean;
  /** *: an arXiv preprint, reproduced by OpenMixup. */
  readonly preprint: boolean;
  /** Source of a row that is not on the documentation page. */
  readonly addedBy?: string;
  /** Top-1 accuracy in per cent; null where nothing is published. */
  readonly values: readonly (number | null)[];
}

/** A table of OpenMixup's documentation. */
export interface PublishedTable {
  readonly experiment: string;
  readonly dataset: string;
  readonly setting: string;
  readonly statistic: string;
  readonly source: string;
  readonly columns: readonly PublishedColumn[];
  readonly rows: readonly PublishedRow[];
}

/** Every published table that Mixlab compares with. */
export const publishedTables: readonly PublishedTable[] = [...imagenet, ...cifar] as PublishedTable[];
