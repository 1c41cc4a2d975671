import { readFileSync } from 'node:fs';
import { sync as writeFileAtomic } from 'write-file-atomic';

/** Gives each file its new text, which it has as a whole at every moment; where one cannot be written, none keeps it. */
export function replaceFiles(files: readonly { readonly path: string; readonly text: string }[]): void {
  const done: { readonly path: string; readonly before: string }[] = [];
  try {
    for (const { path, text } of files) {
      const before = read(path);
      writeFileAtomic(path, text);
      if (before !== undefined) done.push({ path, before });
    }
  } catch (error) {
    for (const { path, before } of done) writeFileAtomic(path, before);
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
