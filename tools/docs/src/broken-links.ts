import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';

/** A link of a built page that leads nowhere. */
export interface BrokenLink {
  /** The page, relative to the site. */
  readonly page: string;
  readonly href: string;
  readonly reason: 'no such page' | 'no such heading' | 'no such file';
}

/** Looks at every link and picture of a built site: pages, headings and files. What lies outside of it is not fetched. */
export function findBrokenLinks(site: string): BrokenLink[] {
  const pages = new Map(
    globSync('**/*.html', { cwd: site })
      .sort()
      .map((page) => [page, readFileSync(join(site, page), 'utf8')] as const),
  );
  const headings = new Map<string, Set<string>>();
  for (const [page, html] of pages) {
    headings.set(page, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => unescapeHtml(id!))));
  }
  const broken: BrokenLink[] = [];
  for (const [page, html] of pages) {
    for (const [, attribute, quoted] of html.matchAll(/ (href|src)="([^"]*)"/g)) {
      const href = unescapeHtml(quoted!);
      if (/^([a-z]+:|\/\/)/i.test(href) || href === '') continue;
      const reason = whyBroken(href, attribute!, page, headings, site);
      if (reason) broken.push({ page, href, reason });
    }
  }
  return broken;
}

function whyBroken(
  href: string,
  attribute: string,
  page: string,
  headings: ReadonlyMap<string, ReadonlySet<string>>,
  site: string,
): BrokenLink['reason'] | undefined {
  const [path = '', anchor] = href.split('#').map(decodeURIComponent);
  const target = path === '' ? page : path.startsWith('/') ? path.slice(1) : join(dirname(page), path);
  const file = target === '' || target.endsWith('/') ? `${target}index.html` : target;
  const known = headings.get(file) ?? headings.get(`${file}.html`);
  if (!known) {
    if (existsSync(join(site, file))) return undefined;
    return attribute === 'src' || /\.[a-z0-9]+$/.test(file) ? 'no such file' : 'no such page';
  }
  return anchor === undefined || anchor === '' || known.has(anchor) ? undefined : 'no such heading';
}

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
