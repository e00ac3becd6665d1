// The bench of the canvas: ours and a plain React Flow page with the same drawing, in one run of one browser, by turns.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';
import type { CDPSession, Page } from 'playwright-core';
import { type Chromium, drag, launch, openPage, pan, type Point, zoom } from './browser';
import { profiled } from './profile';
import { type Frames, framesText, median, ms, say } from './figures';

const short = (process.env.BENCH_SHORT ?? '') !== '';
const sizes = process.env.BENCH_NODES?.split(',').map(Number) ?? (short ? [100, 500] : [100, 500, 1000, 2000, 5000]);
const length = short ? 1000 : 2000;
const profile = process.env.BENCH_PROFILE;
/** Longer than the view glides. */
const rest = 400;
const pages = ['airloom', 'plain'] as const;

interface Scene {
  paint: number;
  saved: number[];
  frames: Record<string, Frames>;
}

type Views = 'all' | 'near';
type Act = (cdp: CDPSession, at: Point, ms: number) => Promise<void>;

const acts: { title: string; drag: number; act: Act }[] = [
  { title: 'pan', drag: 0, act: pan },
  { title: 'zoom', drag: 0, act: zoom },
  { title: 'drag 1', drag: 1, act: drag },
  { title: 'drag 50', drag: 50, act: drag },
];

/** Everything that is measured of one page with one drawing. */
async function scene(c: Chromium, address: string, kind: (typeof pages)[number], nodes: number): Promise<Scene> {
  const { page, cdp } = await openPage(c, `${address}?page=${kind}&nodes=${String(nodes)}`);
  await page.waitForFunction(() => 'stage' in window);
  const paint = await within('first complete paint', page.evaluate(() => window.stage.mount()));
  const out: Scene = { paint, saved: [], frames: {} };
  for (const view of ['near', 'all'] as const) {
    for (const a of acts) {
      if (profile && profile !== `${a.title} ${view}`) continue;
      out.frames[`${a.title} ${view}`] = await gesture(c, page, cdp, view, a, out.saved, kind === 'airloom');
    }
  }
  await page.close();
  return out;
}

async function gesture(
  c: Chromium,
  page: Page,
  cdp: CDPSession,
  view: Views,
  a: (typeof acts)[number],
  saved: number[],
  saves: boolean,
): Promise<Frames> {
  await page.evaluate(() => {
    window.stage.select([]);
    window.stage.all();
  });
  await page.waitForTimeout(rest);
  if (view === 'near') {
    await page.evaluate(() => {
      window.stage.near();
    });
    await page.waitForTimeout(rest);
  }
  const at = await page.evaluate((count) => {
    const ids = window.stage.ids(Math.max(1, count));
    if (count > 1) window.stage.select(ids);
    return count > 0 ? window.stage.at(ids[0] ?? '') : { x: 720, y: 450 };
  }, a.drag);
  await cdp.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
  await page.waitForTimeout(rest / 2);
  const done = saves && a.drag === 1 ? page.evaluate(() => window.stage.saved()) : null;
  const before = await c.cpu();
  await page.evaluate(() => {
    window.stage.record();
  });
  if (profile) await profiled(c.browser, page, cdp, `${profile}, ${saves ? 'Airloom' : 'plain React Flow'}`, () => a.act(cdp, at, length));
  else await within(a.title, a.act(cdp, at, length));
  const lengths = await page.evaluate(() => window.stage.frames());
  await moved(page, a.drag > 0, at);
  const cpu = ((await c.cpu()) - before) * 1000;
  if (done) saved.push(await within('saved', done));
  return { lengths, cpu: cpu / Math.max(1, lengths.length) };
}

/** Nothing here may wait for ever. */
async function within<T>(what: string, work: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, fail) => {
    late = setTimeout(() => {
      fail(new Error(`${what}: nothing after two minutes`));
    }, 120_000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(late);
  }
}

/** A gesture that did nothing would be the fastest of all. */
async function moved(page: Page, dragged: boolean, from: Point): Promise<void> {
  const [now, way] = await page.evaluate(() => {
    const [id = ''] = window.stage.ids(1);
    return [window.stage.at(id), document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform] as const;
  });
  if (dragged && Math.hypot(now.x - from.x, now.y - from.y) < 20) throw new Error('nothing was dragged');
  if (!dragged && !way) throw new Error('there is no drawing');
}

function print(nodes: number, ours: Scene, plain: Scene): void {
  say(`\n${nodes.toLocaleString('en')} nodes, ${Math.floor(nodes * 1.3).toLocaleString('en')} wires`);
  const row = (title: string, a: string, b: string): void => {
    say(`  ${title.padEnd(22)}${a.padEnd(34)}${b}`);
  };
  row('', 'Airloom', 'plain React Flow');
  row('first complete paint', ms(ours.paint), ms(plain.paint));
  for (const [title, f] of Object.entries(ours.frames)) {
    const other = plain.frames[title];
    row(title, framesText(f), other ? framesText(other) : '');
  }
  row('drop to "saved"', ms(median(ours.saved)), '');
}

/** Prints everything, each figure with its unit. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'airloom-bench-'));
  const shared = { configFile: false, logLevel: 'error', root: join(import.meta.dirname, 'page'), plugins: [react()] } as const;
  const dist = { minify: !profile, outDir: folder, emptyOutDir: true, target: 'es2022', reportCompressedSize: false } as const;
  await build({ ...shared, build: dist });
  const server = await preview({ ...shared, build: dist, preview: { host: '127.0.0.1', port: 0 } });
  const c = await launch();
  try {
    const address = server.resolvedUrls?.local[0] ?? '';
    for (const nodes of sizes) {
      const [ours, plain] = [await scene(c, address, 'airloom', nodes), await scene(c, address, 'plain', nodes)];
      print(nodes, ours, plain);
    }
  } finally {
    await c.browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
