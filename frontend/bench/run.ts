// The bench of the canvas: ours and a plain React Flow page with the same drawing, in one run of one browser, by turns.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig, preview } from 'vite';
import { launch } from './browser';
import { ahead, framesText, median, ms, say, verdict } from './figures';
import { program } from './program';
import { type Scene, scene, within } from './scene';

const short = (process.env.BENCH_SHORT ?? '') !== '';
const sizes =
  process.env.BENCH_NODES?.split(',').filter(Boolean).map(Number) ??
  (short ? [100, 500] : [100, 500, 1000, 2000, 5000]);
const options = { length: short ? 1000 : 2000, profile: process.env.BENCH_PROFILE ?? '' };

function print(nodes: number, ours: Scene, plain: Scene): void {
  say(`\n${nodes.toLocaleString('en')} nodes, ${Math.floor(nodes * 1.3).toLocaleString('en')} wires`);
  const row = (...columns: string[]): void => {
    say(`  ${columns.map((text, i) => text.padEnd([22, 32, 32, 24][i] ?? 0)).join('')}`.trimEnd());
  };
  row('', 'Airloom', 'plain React Flow', 'ahead by', 'target');
  row('first complete paint', ms(ours.paint), ms(plain.paint), `${(plain.paint / ours.paint).toFixed(1)} ×`);
  for (const [title, f] of Object.entries(ours.frames)) {
    const other = plain.frames[title];
    if (other) row(title, framesText(f), framesText(other), ahead(f, other), verdict(f, nodes));
  }
  row('drop to "saved"', `${ms(median(ours.saved))}, Go's 5 ms included`);
}

/** How busy the machine is with other work: above its cores, figures tell of the load as well. */
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

/** Prints everything, each figure with its unit. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'airloom-bench-'));
  const shared: InlineConfig = {
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, 'page'),
    plugins: [react()],
  };
  const dist = {
    minify: !options.profile,
    outDir: folder,
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
  };
  say(`\nThe canvas in Chromium without a GPU, on ${String(availableParallelism())} cores under load ${load()}`);
  say('Frames under input: median / 95th percentile, and CPU of all processes a frame');
  await build({ ...shared, build: dist });
  const server = await preview({ ...shared, build: dist, preview: { host: '127.0.0.1', port: 0 } });
  const c = await launch();
  try {
    const address = server.resolvedUrls?.local[0] ?? '';
    for (const nodes of sizes) {
      const ours = await scene(c, address, 'airloom', nodes, options);
      const plain = await scene(c, address, 'plain', nodes, options);
      if (!options.profile) print(nodes, ours, plain);
    }
    const binary = process.env.AIRLOOM;
    if (binary && !options.profile) {
      const p = await within('the program', program(c, binary, short ? 2 : 5));
      say('\nThe program, with the orders sample');
      say(`  ${'start to drawn'.padEnd(22)}${ms(median(p.starts))} median, target 1,500 ms`);
      say(`  ${'drop to "Saved"'.padEnd(22)}${ms(median(p.saved))} median, target 50 ms`);
    }
  } finally {
    await c.browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
