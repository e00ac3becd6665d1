import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Everything is a file of its own with a hashed name: the page's policy allows nothing inline, data: fonts included.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    target: ['es2022', 'chrome111', 'safari16.4', 'firefox114'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    // `npm run dev` beside `airloom serve`: AIRLOOM_URL is the address that it printed.
    proxy: process.env.AIRLOOM_URL
      ? { '/rpc': process.env.AIRLOOM_URL, '/events': process.env.AIRLOOM_URL }
      : undefined,
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
  },
});
