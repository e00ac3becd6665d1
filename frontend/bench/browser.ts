// Chromium without a GPU, its input through the DevTools protocol: events go the way of a real mouse, from the browser's
// process through its input queue to the page.
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';

/** CPU rendering; and nothing of the browser's own talks to anybody. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Chromium {
  browser: Browser;
  /** Seconds of CPU that all of the browser's processes have used. */
  cpu: () => Promise<number>;
}

export async function launch(): Promise<Chromium> {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
  const cdp = await browser.newBrowserCDPSession();
  return {
    browser,
    cpu: async () => {
      const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
      return processInfo.reduce((sum, p) => sum + p.cpuTime, 0);
    },
  };
}

export async function openPage(c: Chromium, address: string): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await c.browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (e) => {
    throw e;
  });
  await page.goto(address);
  return { page, cdp: await page.context().newCDPSession(page) };
}

export interface Point {
  x: number;
  y: number;
}

/** A mouse reports every 8 ms, a touchpad about as often. */
const period = 8;

/**
 * Sends what make gives every period, for a time. As from a real device, nothing waits for the page: what it cannot take
 * in time is merged by the browser. Only when a dozen are under way the sender rests, for its own memory's sake.
 */
async function stream(cdp: CDPSession, ms: number, make: (share: number) => MouseEvent): Promise<void> {
  const start = performance.now();
  const under = new Set<Promise<unknown>>();
  for (let due = 0; due < ms;) {
    const sent = cdp.send('Input.dispatchMouseEvent', make(due / ms)).finally(() => under.delete(sent));
    under.add(sent);
    if (under.size >= 12) await Promise.race(under);
    due = Math.max(due + period, performance.now() - start - 5 * period);
    const left = start + due - performance.now();
    if (left > 0) await new Promise((done) => setTimeout(done, left));
  }
  await Promise.all(under);
}

interface MouseEvent extends Point {
  type: 'mouseMoved' | 'mouseWheel';
  deltaX?: number;
  deltaY?: number;
  modifiers?: number;
  button?: 'left';
  buttons?: number;
}

const turn = 2 * Math.PI;

/** Pans about, in circles, by the wheel. */
export const pan = (cdp: CDPSession, at: Point, ms: number): Promise<void> =>
  stream(cdp, ms, (t) => ({
    type: 'mouseWheel',
    ...at,
    deltaX: 9 * Math.cos(turn * 2 * t),
    deltaY: 9 * Math.sin(turn * 2 * t),
  }));

/** Zooms in four times and out again, by Ctrl and the wheel. */
export const zoom = (cdp: CDPSession, at: Point, ms: number): Promise<void> =>
  stream(cdp, ms, (t) => ({
    type: 'mouseWheel',
    ...at,
    modifiers: 2,
    deltaX: 0,
    deltaY: ((t < 0.5 ? -1 : 1) * 2000 * period) / ms,
  }));

/** Drags what lies at a point about, in circles that grow, and drops it some way off. */
export async function drag(cdp: CDPSession, at: Point, ms: number): Promise<void> {
  const button = { button: 'left', buttons: 1, clickCount: 1 } as const;
  await cdp.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
  await cdp.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at, ...button });
  const way = (t: number): Point => ({
    x: at.x + 160 * t * Math.cos(turn * 2 * t) + 40 * t,
    y: at.y + 160 * t * Math.sin(turn * 2 * t) + 40 * t,
  });
  await stream(cdp, ms, (t) => ({ type: 'mouseMoved', ...way(t), button: 'left', buttons: 1 }));
  await cdp.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...way(1), ...button, buttons: 0 });
}
