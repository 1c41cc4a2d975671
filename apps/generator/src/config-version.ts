import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '@mixlab/catalog/migrations';
import { newestVersion } from '@mixlab/catalog/upgrade';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import { z } from 'zod';

/** Says which version of the run config the authored files of a workspace are written for. */
export const VERSION_FILE = 'configs/mixlab.json';

const schema = z.strictObject({ schemaVersion: z.int().positive() });

/**
 * The version that the authored files are written for: 1 where nothing says so.
 *
 * @throws ConfigError where that is a later one than this Mixlab knows, or cannot be read
 */
export function readConfigVersion(home: string): number {
  let text: string;
  try {
    text = readFileSync(join(home, VERSION_FILE), 'utf8');
  } catch {
    return 1;
  }
  const { schemaVersion } = parse(text);
  if (schemaVersion <= newestVersion) return schemaVersion;
  throw refused(
    `authored files are of version ${schemaVersion} of the run config, and this Mixlab knows versions up to ` +
      `${newestVersion}: update Mixlab`,
  );
}

/** The text of `configs/mixlab.json` once all is of the newest version. */
export function versionText(): string {
  return `{ "schemaVersion": ${newestVersion} }\n`;
}

/** What changed of the defaults since the files were written: experiments mean something else until `mixlab fix` has run. */
export function pendingDefaults(home: string): ConfigIssue[] {
  const since = readConfigVersion(home);
  return migrations.flatMap(({ version, changes }) =>
    changes.flatMap((change): ConfigIssue[] => {
      if (version <= since || change.kind !== 'default') return [];
      const path = change.method === undefined ? change.path : `mix.${change.method}: ${change.path}`;
      const message =
        `has another default than ${JSON.stringify(change.before)} since version ${version}: ` +
        '`npx mixlab fix` writes the former one where nothing sets it';
      return [{ code: 'new-default', message, path, at: { file: VERSION_FILE, line: 1, column: 1 } }];
    }),
  );
}

function parse(text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw refused('this says no version', '{"schemaVersion": …}');
  }
}

function refused(message: string, expected?: string): ConfigError {
  const at = { file: VERSION_FILE, line: 1, column: 1 };
  return new ConfigError([{ code: 'config-version', message, ...(expected ? { expected } : {}), at }]);
}
