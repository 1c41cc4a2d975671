import { createHash } from 'node:crypto';
import type { PageFiles } from './page-files.ts';

const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">';
const body = '<div id="page"><p>Reading run directories …</p></div>';
/** Two ways of having nothing from anywhere: an icon, which browsers ask for by themselves, and all else. */
const icon = '<link rel="icon" href="data:,">';

/** What the live page may do: its own script and style, and questions to its own server. */
export const LIVE_POLICY = policy({ script: "'self'", style: "'self'", connect: "'self'" });

/** The page that asks its server; it refers to `page.js` and `page.css` beside it. */
export function liveHtml(): string {
  return `<!doctype html><html lang="en"><head>${head}<title>Mixlab</title>${icon}<link rel="stylesheet" href="page.css"></head><body>${body}<script src="page.js"></script></body></html>\n`;
}

/** The page with all that it shows, in one file: data are gzipped, in base64, by the id of their element. */
export function exportedHtml(
  { script, style }: PageFiles,
  title: string,
  data: Readonly<Record<string, string>>,
): string {
  const safeScript = script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
  const allowed = policy({ script: hashOf(safeScript), style: hashOf(style), connect: "'none'" });
  const blocks = Object.entries(data).map(
    ([id, text]) => `<script type="application/octet-stream" id="${id}">${text}</script>`,
  );
  return [
    `<!doctype html><html lang="en"><head>${head}`,
    `<meta http-equiv="Content-Security-Policy" content="${allowed}">`,
    `<title>${escapeHtml(title)}</title>${icon}<style>${style}</style></head><body>${body}`,
    ...blocks,
    `<script>${safeScript}</script></body></html>\n`,
  ].join('\n');
}

function policy({ script, style, connect }: { script: string; style: string; connect: string }): string {
  const none = ['default-src', 'base-uri', 'form-action'].map((name) => `${name} 'none'`);
  return [
    ...none,
    `script-src ${script}`,
    `style-src ${style}`,
    `connect-src ${connect}`,
    'img-src data:',
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
