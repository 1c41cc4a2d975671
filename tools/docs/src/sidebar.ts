import type { DefaultTheme } from 'vitepress';
import type { Page } from './pages.ts';

/** The one page of `docs/` that is read first. */
const TUTORIAL = 'docs/tutorial.md';

/** Pages of `docs/` that are looked things up in; so is all of `docs/reference`. */
const REFERENCE = new Set(['docs/methods.md', 'docs/recipes.md']);

/** The sidebar, from what is there: a new page appears by itself. */
export function sidebarOf(pages: readonly Page[]): DefaultTheme.SidebarItem[] {
  const groups: Record<string, Page[]> = {
    Start: pages.filter(({ file }) => file === 'README.md' || file === TUTORIAL),
    'How to': [],
    Reference: [],
    Results: [],
    'The project': pages.filter(({ file }) => file === 'CONTRIBUTING.md' || file === 'ARCHITECTURE.md'),
  };
  for (const page of pages) {
    const group = groupOf(page.file);
    if (group) groups[group]?.push(page);
  }
  return Object.entries(groups).map(([text, members]) => ({
    text,
    collapsed: text === 'Results',
    items: members.map(({ title, link }) => ({ text: title, link })),
  }));
}

function groupOf(file: string): string | undefined {
  if (!file.startsWith('docs/') || file === TUTORIAL) return undefined;
  if (file.startsWith('docs/results/')) return 'Results';
  return file.startsWith('docs/reference/') || REFERENCE.has(file) ? 'Reference' : 'How to';
}
