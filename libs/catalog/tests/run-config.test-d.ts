import type { MethodName, MethodParams, RunConfig } from '@mixlab/catalog';
import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { runConfigSchema } from '../src/generated/run-config-schema.ts';

it('the zod schema and the interface describe one thing', () => {
  expectTypeOf<z.output<typeof runConfigSchema>>().toExtend<RunConfig>();
  expectTypeOf<keyof z.output<typeof runConfigSchema>>().toEqualTypeOf<keyof RunConfig>();
});

it('every method has its parameters', () => {
  expectTypeOf<keyof MethodParams>().toEqualTypeOf<MethodName>();
});
