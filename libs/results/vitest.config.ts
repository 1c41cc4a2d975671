import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { name: 'results', include: ['tests/**/*.test.ts'] } });
