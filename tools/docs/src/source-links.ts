import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/**
 * A link to a file of the repository that is no page, as `tools/e2e/tests/slurm.test.ts`, becomes its text: the site does
 * not hold it. A link to a file that is not there at all stays as it is, for the build to refuse.
 */
export function dropSourceLinks(md: MarkdownRenderer, root: string, pages: ReadonlySet<string>): void {
  md.core.ruler.push('source-links', ({ tokens, env }) => {
    const { realPath, path } = env as { realPath?: string; path: string };
    const folder = dirname(realPath ?? path);
    for (const token of tokens) {
      const children = token.children ?? [];
      let dropping = false;
      token.children = children.filter((child) => {
        if (child.type === 'link_open') dropping = isSource(child.attrGet('href') ?? '', folder, root, pages);
        const drop = dropping && (child.type === 'link_open' || child.type === 'link_close');
        if (child.type === 'link_close') dropping = false;
        return !drop;
      });
    }
  });
}

function isSource(href: string, folder: string, root: string, pages: ReadonlySet<string>): boolean {
  if (/^([a-z]+:|#|\/)/i.test(href)) return false;
  const file = resolve(folder, decodeURI(href.replace(/[#?].*$/, '')));
  return existsSync(file) && !pages.has(relative(root, file));
}
