import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the fields in the first table of docs/launching.md after the paragraph that begins with `begin`, in its order. */
export function documentedFields(begin: string): string[] {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/launching.md'), 'utf8');
  const [, table = ''] = page.slice(page.indexOf(`\n${begin}`)).split('\n|---|---|\n');
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n');
  return rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
}
