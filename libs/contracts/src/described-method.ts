import { z } from 'zod';
import type { JsonSchema } from './json.ts';

/** A JSON Schema, taken as it is. */
export const jsonSchemaSchema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null);

/** What `python -m mixlab.schema` says of a method, whoever wrote it. */
export const describedMethodSchema = z.strictObject({
  name: z.string(),
  className: z.string(),
  summary: z.string(),
  doc: z.string(),
  paper: z.string(),
  needs: z.array(z.string()),
});
