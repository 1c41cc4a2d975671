import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder that a user works in. */
export class UserFolder {
  readonly home: string;

  constructor(home: string) {
    this.home = home;
    mkdirSync(home, { recursive: true });
  }

  write(path: string, text: string): void {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), 'utf8');
  }
}
