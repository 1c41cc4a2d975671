import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { globSync } from 'tinyglobby';
import { beforeAll, describe, expect, it } from 'vitest';
import { findBrokenLinks } from '../src/broken-links.ts';
import { findPages, sitePath } from '../src/pages.ts';
import { sidebarOf } from '../src/sidebar.ts';

const root = resolve(import.meta.dirname, '../../..');

describe('the site', () => {
  const out = join(mkdtempSync(join(tmpdir(), 'mixlab-site-')), 'a site');
  const pages = findPages(root);
  const html = (file: string) => readFileSync(join(out, sitePath(file).replace(/\.md$/, '.html')), 'utf8');

  beforeAll(async () => {
    const build = ['vitepress', 'build', 'tools/docs', '--outDir', out];
    const { exitCode, all } = await execa('npx', build, { cwd: root, reject: false, all: true });
    expect(exitCode, all).toBe(0);
  });

  it('holds every Markdown file of docs/ with its text', () => {
    for (const file of globSync('docs/**/*.md', { cwd: root })) {
      expect(pages.map((page) => page.file)).toContain(file);
    }
    // A page that could not be rendered is empty.
    const empty = pages.filter(({ file }) => !html(file).includes('<h1 id="'));
    expect(empty).toEqual([]);
    expect(/\{\{ _base_\.x\.y \}\}/.exec(html('docs/openmixup.md'))?.[0]).toBe('{{ _base_.x.y }}');
  });

  it('leads to every page from the sidebar', () => {
    const links = sidebarOf(pages).flatMap(({ items = [] }) => items.map(({ link }) => link));
    expect(links.toSorted()).toEqual(pages.map(({ link }) => link).toSorted());
  });

  it('has a search that knows what the pages say', () => {
    const [index] = globSync('assets/chunks/@localSearchIndex*.js', { cwd: out, absolute: true });
    const text = readFileSync(index!, 'utf8');
    expect(['requeue', 'clipnorm', 'grafting'].filter((word) => !text.includes(`["${word}"`))).toEqual([]);
  });

  it('shows the pictures of methods', () => {
    const shown = html('docs/methods.md').match(/<img src="\/assets\/[a-z]+\.[^"]+\.jpg"/gi) ?? [];
    expect(shown.length).toBeGreaterThan(20);
  });

  it('keeps the words of a link to a file that it does not hold', () => {
    const text = html('docs/own-method.md');
    expect(/.{2}libs\/training\/src\/mixlab\/methods.{2}/.exec(text)?.[0]).toMatch(/^[^"]*$/);
  });
});

describe('links', () => {
  it('to pages, headings and files that are not there are found', () => {
    const site = mkdtempSync(join(tmpdir(), 'mixlab-links-'));
    const write = (name: string, text: string) => {
      mkdirSync(dirname(join(site, name)), { recursive: true });
      writeFileSync(join(site, name), text);
    };
    write('picture.jpg', '');
    write(
      'index.html',
      '<h1 id="top">A</h1> <a href="./docs/b.html#two">…</a> <a href="https://example.org/x">…</a>',
    );
    write(
      'docs/b.html',
      '<h2 id="two">B</h2> <a href="/#top">…</a> <a href="#tow">…</a> <a href="./c.html">…</a> <img src="../picture.jpg"> <img src="/gone.jpg">',
    );
    expect(findBrokenLinks(site)).toEqual([
      { page: 'docs/b.html', href: '#tow', reason: 'no such heading' },
      { page: 'docs/b.html', href: './c.html', reason: 'no such file' },
      { page: 'docs/b.html', href: '/gone.jpg', reason: 'no such file' },
    ]);
  });
});
