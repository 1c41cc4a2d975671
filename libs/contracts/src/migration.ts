import { z } from 'zod';
import type { JsonValue } from './json.ts';

const place = {
  /** Dotted path: of the run config, or of the parameters of `method` wherever that stands. */
  path: z.string(),
  method: z.string().optional(),
};

/** What a version of the run config's format does to one field. */
const changeSchema = z.discriminatedUnion('kind', [
  /** The field is at `to` from that version on. */
  z.strictObject({ kind: z.literal('renamed'), ...place, to: z.string() }),
  /** The default that it had until then. */
  z.strictObject({ kind: z.literal('default'), ...place, before: z.custom<JsonValue>(isPresent) }),
]);

/** What makes a version of the run config's format of the one before it. */
export const migrationSchema = z.strictObject({
  version: z.int().min(2),
  changes: z.array(changeSchema),
});

export type Migration = z.infer<typeof migrationSchema>;
export type Change = z.infer<typeof changeSchema>;

function isPresent(value: unknown): boolean {
  return value !== undefined;
}
