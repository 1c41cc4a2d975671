import { existsSync, readFileSync } from 'node:fs';

/** Reads files for the evaluator; paths are absolute. */
export interface ConfigFiles {
  /** The text of a file that exists. */
  read(path: string): string;
  exists(path: string): boolean;
}

/** The files of this machine. */
export const diskFiles: ConfigFiles = {
  read: (path) => readFileSync(path, 'utf8'),
  exists: existsSync,
};
