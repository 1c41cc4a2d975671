const STEPS = /^(Collecting|Downloading|Building|Installing|Preparing|Obtaining) /;

/** Shows what pip is at: one line that changes in a terminal, a line for each package elsewhere. */
export function showProgress(line: string): void {
  if (!STEPS.test(line.trim())) return;
  if (!process.stdout.isTTY) {
    if (line.startsWith('Collecting ') || line.startsWith('Installing '))
      console.log(`  ${short(line, 100)}`);
    return;
  }
  process.stdout.write(`\r\x1b[K  ${short(line, process.stdout.columns - 4)}`);
}

/** Clears the line that changes. */
export function endProgress(): void {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
}

function short(line: string, length: number): string {
  const text = line.trim();
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
