import type { MarkdownRenderer } from 'vitepress';

/** Pages are plain Markdown: two braces in a sentence or a word of code are no expression of Vue's. */
export function keepBraces(md: MarkdownRenderer): void {
  for (const name of ['text', 'code_inline'] as const) {
    const render = md.renderer.rules[name]!;
    md.renderer.rules[name] = (...args) => render(...args).replaceAll('{{', '&#123;&#123;');
  }
}
