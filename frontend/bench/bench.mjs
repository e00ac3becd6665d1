// Runs the bench (run.ts); Vite reads the TypeScript, as it does for the pages.
import { runnerImport } from 'vite';

// React as it is shipped, without its development checks.
process.env.NODE_ENV = 'production';
const { module } = await runnerImport(new URL('run.ts', import.meta.url).pathname, { logLevel: 'error' });
await module.run();
