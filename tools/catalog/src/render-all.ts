import type { ExportDocument } from './export-document.ts';
import { renderCatalog } from './render-catalog.ts';
import { renderRunConfigPage } from './render-run-config-page.ts';

/** Every file that follows from the training library: path from the root of the repository → text. */
export async function renderAll(document: ExportDocument): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, text] of await renderCatalog(document)) {
    files.set(`libs/catalog/src/generated/${name}`, text);
  }
  return files.set('docs/reference/run-config.md', renderRunConfigPage(document));
}
