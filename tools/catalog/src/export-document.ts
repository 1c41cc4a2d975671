import { z } from 'zod';
import type { JsonSchema } from '@mixlab/contracts';

const jsonSchema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null);

/** What `python -m mixlab.schema` prints: everything of the training library that TypeScript is generated from. */
export const exportDocumentSchema = z.strictObject({
  schemaVersion: z.int().positive(),
  runConfig: jsonSchema,
  methods: z.array(
    z.strictObject({
      name: z.string(),
      className: z.string(),
      summary: z.string(),
      doc: z.string(),
      paper: z.string(),
      needs: z.array(z.string()),
    }),
  ),
  backbones: z.array(z.looseObject({ name: z.string(), family: z.string() })),
  timmModels: z.array(z.string()),
  rules: z.array(z.looseObject({ kind: z.string(), code: z.string(), message: z.string() })),
});

export type ExportDocument = z.infer<typeof exportDocumentSchema>;
