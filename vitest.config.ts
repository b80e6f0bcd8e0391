import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/sample-index.ts',
    setupFiles: 'test/setup.ts',
    // A worker loads a module once for all its files, which costs a second and a half a file otherwise.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    // A page that answers late on a busy machine has not failed; what never comes fails all the same.
    expect: { poll: { timeout: 20_000 } },
  },
});
