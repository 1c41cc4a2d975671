/** A part of a file: text, or UTF-8 that was made before. */
export type Piece = string | Uint8Array;

/** One generated file, before it is written. */
export interface RenderedFile {
  /** Relative to the experiment's generated folder, with forward slashes. */
  readonly path: string;
  /** The whole text, or its pieces in order for a file too large to hold. */
  readonly text: string | Iterable<Piece>;
  /**
   * The text as UTF-8, for a writer that takes the files one by one: in memory that is used again, so that the bytes are
   * only good until the next file is asked for. A file that has it need not make its text.
   */
  bytes?(): Uint8Array;
  readonly executable?: boolean;
}
