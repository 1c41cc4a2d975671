/** Where a benchmark runs. */
export interface Workbench {
  /** Workspace root. */
  readonly root: string;
  /** The Python that trains. */
  readonly python: string;
  /** An empty folder, on a memory file system where there is one. */
  readonly scratch: string;
}
