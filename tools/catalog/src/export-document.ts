import { z } from 'zod';
import { describedMethodSchema, jsonSchemaSchema, migrationSchema } from '@mixlab/contracts';

/** What `python -m mixlab.schema` prints: everything of the training library that TypeScript is generated from. */
export const exportDocumentSchema = z.strictObject({
  schemaVersion: z.int().positive(),
  migrations: z.array(migrationSchema),
  runConfig: jsonSchemaSchema,
  methods: z.array(describedMethodSchema),
  backbones: z.array(z.looseObject({ name: z.string(), family: z.string() })),
  timmModels: z.array(z.string()),
  oneSizeModels: z.array(z.string()),
  rules: z.array(z.looseObject({ kind: z.string(), code: z.string(), message: z.string() })),
});

export type ExportDocument = z.infer<typeof exportDocumentSchema>;
