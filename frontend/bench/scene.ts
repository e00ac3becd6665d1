// One page of the bench with one drawing: its first paint, and its frames under every gesture.
import type { CDPSession, Page } from 'playwright-core';
import { type Chromium, drag, openPage, pan, type Point, zoom } from './browser';
import type { Frames } from './figures';
import { profiled } from './profile';

export type Kind = 'airloom' | 'plain';

export interface Options {
  /** How long a gesture takes, in milliseconds. */
  length: number;
  /** The one gesture to look into, "" for none. */
  profile: string;
}

export interface Scene {
  paint: number;
  saved: number[];
  frames: Record<string, Frames>;
}

type Act = (cdp: CDPSession, at: Point, ms: number) => Promise<void>;

/** Each is tried with the middle at 100 % on the screen (near) and with everything on it (all). */
const acts: { title: string; drag: number; act: Act }[] = [
  { title: 'pan', drag: 0, act: pan },
  { title: 'zoom', drag: 0, act: zoom },
  { title: 'drag 1', drag: 1, act: drag },
  { title: 'drag 50', drag: 50, act: drag },
];

/** Everything that is measured of one page with one drawing. */
export async function scene(c: Chromium, address: string, kind: Kind, nodes: number, o: Options): Promise<Scene> {
  const { page, cdp } = await openPage(c, `${address}?page=${kind}&nodes=${String(nodes)}`);
  await page.waitForFunction(() => 'stage' in window);
  const mount = (): Promise<number> => page.evaluate(() => window.stage.mount());
  if (o.profile === 'paint') {
    await profiled(c.browser, page, cdp, `paint, ${kind}, ${String(nodes)} nodes`, mount);
    await page.close();
    return { paint: 0, saved: [], frames: {} };
  }
  const mounted = mount();
  const out: Scene = { paint: await within('first complete paint', mounted), saved: [], frames: {} };
  for (const view of ['near', 'all'] as const) {
    for (const act of acts) {
      const title = `${act.title} ${view}`;
      if (o.profile && o.profile !== title) continue;
      await show(page, view);
      const { id, at } = await page.evaluate(hold, act.drag);
      await cdp.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
      await page.evaluate(atRest);
      const saved = kind === 'airloom' && act.drag === 1 ? page.evaluate(() => window.stage.saved()) : null;
      const work = (): Promise<void> => within(title, act.act(cdp, at, o.length));
      if (o.profile) await profiled(c.browser, page, cdp, `${title}, ${kind}, ${String(nodes)} nodes`, work);
      else out.frames[title] = await frames(c, page, work);
      await page.evaluate(atRest);
      if (act.drag > 0) await moved(page, `${title}, ${kind}`, id, at);
      if (saved) out.saved.push(await within('saved', saved));
    }
  }
  await page.close();
  return out;
}

async function show(page: Page, view: 'all' | 'near'): Promise<void> {
  await page.evaluate(() => {
    window.stage.select([]);
    window.stage.all();
  });
  await page.evaluate(atRest);
  if (view === 'all') return;
  await page.evaluate(() => {
    window.stage.near();
  });
  await page.evaluate(atRest);
}

/** The frames while something goes on. */
async function frames(c: Chromium, page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    window.stage.record();
  });
  const before = await c.cpu();
  await work();
  const cpu = (await c.cpu()) - before;
  const lengths = await page.evaluate(() => window.stage.frames());
  return { lengths, cpu: (cpu * 1000) / Math.max(1, lengths.length) };
}

/** Nothing here may wait for ever. */
export async function within<T>(what: string, work: Promise<T>): Promise<T> {
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

/** In the page: waits until the window has stood still for a while; it glides to what it shows. */
function atRest(): Promise<void> {
  return new Promise((done) => {
    let [last, still] = ['', 0];
    const look = (): void => {
      const now = document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform ?? '';
      still = now === last ? still + 1 : 0;
      last = now;
      if (still < 15) requestAnimationFrame(look);
      else done();
    };
    look();
  });
}

/** In the page: selects so many boxes, and tells one of them that nothing lies on, to take hold of; the middle for none. */
function hold(count: number): { id: string; at: Point } {
  const ids = window.stage.ids(50);
  if (count > 1) window.stage.select(ids.slice(0, count));
  if (count === 0) return { id: '', at: { x: innerWidth / 2, y: innerHeight / 2 } };
  for (const id of ids) {
    const at = window.stage.at(id);
    const top = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>('.react-flow__node');
    if (top?.dataset.id === id) return { id, at };
  }
  throw new Error('every box is covered');
}

/** A gesture that did nothing would be the fastest of all. */
async function moved(page: Page, what: string, id: string, from: Point): Promise<void> {
  const now = await page.evaluate((held) => window.stage.at(held), id);
  if (Math.hypot(now.x - from.x, now.y - from.y) < 20) throw new Error(`${what}: nothing was dragged`);
}
