import { resolve } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { findBrokenLinks } from '../src/broken-links.ts';
import { findPages, foldersWithoutPages, sitePath } from '../src/pages.ts';
import { keepBraces } from '../src/plain-text.ts';
import { sidebarOf } from '../src/sidebar.ts';
import { adaptLinks } from '../src/source-links.ts';

const root = resolve(import.meta.dirname, '../../..');
const pages = findPages(root);

/** The site: pages are the Markdown files of the repository, as they are. */
export default defineConfig({
  title: 'Mixlab',
  description: 'Typed experiments for image mixing: configs and launch scripts out, benchmark tables back',
  lang: 'en',
  srcDir: root,
  srcExclude: foldersWithoutPages(root),
  outDir: resolve(root, 'dist/site'),
  rewrites: Object.fromEntries(pages.map(({ file }) => [file, sitePath(file)])),
  markdown: {
    // Headings have the anchors that they have on GitHub.
    anchor: { slugify: (heading) => slug(heading) },
    config: (md) => {
      keepBraces(md);
      adaptLinks(md, root, new Set(pages.map(({ file }) => file)));
    },
  },
  vite: { publicDir: false, build: { minify: false, chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sidebarOf(pages),
    nav: [
      { text: 'Tutorial', link: '/docs/tutorial' },
      { text: 'Methods', link: '/docs/methods' },
      { text: 'Run config', link: '/docs/reference/run-config' },
      { text: 'Commands', link: '/docs/reference/commands' },
    ],
    outline: [2, 3],
  },
  buildEnd: ({ outDir }) => {
    const broken = findBrokenLinks(outDir);
    if (broken.length === 0) return;
    throw new Error(
      [
        'links that lead nowhere:',
        ...broken.map(({ page, href, reason }) => `${page}: ${href}: ${reason}`),
      ].join('\n'),
    );
  },
});
