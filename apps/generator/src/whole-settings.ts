/**
 * The arguments of `--set`, each whole: a JSON value that a front end has split at its commas (`a=[1`, `2]`, as Nx
 * does) is put together again.
 */
export function wholeSettings(pieces: readonly string[]): string[] {
  const whole: string[] = [];
  for (let index = 0; index < pieces.length;) {
    const taken = piecesOfOne(pieces, index);
    whole.push(pieces.slice(index, index + taken).join(','));
    index += taken;
  }
  return whole;
}

/** How many pieces from `index` on make one setting; 1 where no number of them makes valid JSON. */
function piecesOfOne(pieces: readonly string[], index: number): number {
  const holdsCommas = /^[^=]*=\s*[[{"]/.test(pieces[index]!);
  for (let taken = 1; holdsCommas && index + taken <= pieces.length; taken++) {
    const text = pieces.slice(index, index + taken).join(',');
    if (isJson(text.slice(text.indexOf('=') + 1))) return taken;
  }
  return 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
