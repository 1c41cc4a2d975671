import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { sitePath } from './pages.ts';

/**
 * Links of the repository as links of the site. One to a file that is no page, as `tools/e2e/tests/slurm.test.ts`, becomes
 * its text: the site does not hold it. One to a folder's README leads to its index. One to a file that is not there at all
 * stays as it is, for the build to refuse.
 */
export function adaptLinks(md: MarkdownRenderer, root: string, pages: ReadonlySet<string>): void {
  md.core.ruler.push('adapted-links', ({ tokens, env }) => {
    const { realPath, path } = env as { realPath?: string; path: string };
    const folder = dirname(realPath ?? path);
    for (const token of tokens) {
      let dropping = false;
      token.children =
        token.children?.filter((child) => {
          if (child.type === 'link_close' && dropping) {
            dropping = false;
            return false;
          }
          if (child.type !== 'link_open') return true;
          const href = child.attrGet('href') ?? '';
          if (/^([a-z]+:|#|\/)/i.test(href)) return true;
          const [target = ''] = /^[^#?]*/.exec(href) ?? [];
          const file = resolve(folder, decodeURI(target));
          if (pages.has(relative(root, file)))
            child.attrSet('href', sitePath(target) + href.slice(target.length));
          else dropping = existsSync(file);
          return !dropping;
        }) ?? null;
    }
  });
}
