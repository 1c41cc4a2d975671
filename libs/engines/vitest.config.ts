import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Real processes: a machine that is busy with other tests takes its time.
  test: { name: 'engines', include: ['tests/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
