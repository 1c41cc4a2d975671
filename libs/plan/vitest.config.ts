import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { name: 'plan', include: ['tests/**/*.test.ts'] } });
