import { defineConfig } from 'vitest/config';

// One file after the other: each starts the program and a browser, and a machine has few cores.
export default defineConfig({
  test: {
    dir: 'e2e',
    include: ['**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    bail: 1,
    expect: { poll: { timeout: 15_000, interval: 50 } },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
});
