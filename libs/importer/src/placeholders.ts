/** Stands around the path of a `{{ _base_.x }}` in the text of a string, until bases are known. */
const MARK = '\u{F0000}';

const WHOLE = new RegExp(`^${MARK}([^${MARK}]+)${MARK}$`, 'u');

/**
 * The text of a config with what mmcv puts in place of `{{ fileDirname }}` and its like, and a string in place of each
 * `{{ _base_.x.y }}`.
 */
export function substitute(text: string, path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const variables = {
    fileDirname: path.slice(0, Math.max(path.lastIndexOf('/'), 0)),
    fileBasename: name,
    fileBasenameNoExtension: dot > 0 ? name.slice(0, dot) : name,
    fileExtname: dot > 0 ? name.slice(dot) : '',
  };
  let result = text;
  for (const [variable, value] of Object.entries(variables)) {
    result = result.replace(new RegExp(`\\{\\{\\s*${variable}\\s*\\}\\}`, 'g'), () => value);
  }
  return result.replace(/\{\{\s*_base_\.([\w.]+)\s*\}\}/g, (_, inner: string) => `"${MARK}${inner}${MARK}"`);
}

/** The path in the bases that a string stands for; undefined where it is a string. */
export function placeholderOf(text: string): string | undefined {
  return WHOLE.exec(text)?.[1];
}

/** Whether a string has a placeholder in it that nothing will replace. */
export function holdsPlaceholder(text: string): boolean {
  return text.includes(MARK);
}
