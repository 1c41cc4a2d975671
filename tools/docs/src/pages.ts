import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';

/** A page of the site, which is a Markdown file of the repository. */
export interface Page {
  /** Relative to the root of the repository: `docs/slurm.md`. */
  readonly file: string;
  /** Its first heading. */
  readonly title: string;
  /** Where it stands on the site: `/docs/slurm`. */
  readonly link: string;
}

/** Files beside `docs/` that are pages, too. The first one is the site's front page. */
const ROOT_PAGES = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'];

/** Every page, sorted by file. */
export function findPages(root: string): Page[] {
  const inDocs = globSync('docs/**/*.md', { cwd: root }).sort();
  return [...ROOT_PAGES, ...inDocs].map((file) => ({
    file,
    title: titleOf(readFileSync(join(root, file), 'utf8'), file),
    link: `/${sitePath(file).replace(/(^|\/)index\.md$|\.md$/, '$1')}`,
  }));
}

/** A folder's README is its index. */
export function sitePath(file: string): string {
  return file.replace(/(^|\/)README\.md$/, '$1index.md');
}

/** What of the root holds no pages. */
export function foldersWithoutPages(root: string): string[] {
  const pages = new Set(['docs', ...ROOT_PAGES]);
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => !pages.has(entry.name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name));
}

function titleOf(text: string, file: string): string {
  const title = /^# +(.+)$/m.exec(text)?.[1];
  if (!title) throw new Error(`${file}: a page needs a heading: # Title`);
  return title.replaceAll('`', '');
}
