import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Every engine × install method × namespaces × minor. Apart from `npm test`, because it takes minutes. */
export default defineConfig({
  test: {
    include: ['test/matrix/**/*.test.ts'],
    // One process renders and judges; what takes the time are the builds beside it.
    fileParallelism: false,
    maxConcurrency: 2 * availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
