import { defineCommand } from '@mixlab/contracts';
import { z } from 'zod';

/** `mixlab catalog`: a user's own Python package in, types and schemas of its methods and networks out. */
export const catalogCommand = defineCommand({
  name: 'catalog',
  description: 'Make the methods and networks of a Python package of yours known to your configs.',
  options: z.strictObject({
    from: z
      .string({ error: 'expected a Python package' })
      .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, 'expected a Python package, as it is imported')
      .describe('the package; it is written to configs/<package>.catalog.ts')
      .meta({ placeholder: 'package' }),
  }),
  run: async (options, io) => (await import('./write-catalog.ts')).writeCatalog(options.from, io),
});
