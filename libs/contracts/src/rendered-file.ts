/** One generated file, before it is written. */
export interface RenderedFile {
  /** Relative to the experiment's generated folder, with forward slashes. */
  readonly path: string;
  /** The whole text, or its pieces in order for a file too large to hold. */
  readonly text: string | Iterable<string>;
  readonly executable?: boolean;
}
