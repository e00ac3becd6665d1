// The program and a browser at it. AIRLOOM names the binary, CHROMIUM the browser; both come from ./test e2e.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterEach } from 'vitest';

/** Nothing of the browser's own talks to anybody. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Airloom {
  page: Page;
  /** The printed address, with its token. */
  address: string;
  /** The folder of new projects. */
  home: string;
  /** What went wrong unseen: script errors, refused loads, dialogs, requests to elsewhere. A test ends with none. */
  trouble: string[];
  stop: () => Promise<void>;
}

/** Starts `airloom serve` with a home of its own, and opens its page. */
export async function start(): Promise<Airloom> {
  const folder = mkdtempSync(join(tmpdir(), 'airloom-e2e-'));
  const home = join(folder, 'airloom');
  const serve = spawn(process.env.AIRLOOM ?? 'bin/airloom', ['serve'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  serve.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const address = await printed(serve, () => said);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  const context = await browser.newContext({ viewport: { width: 1680, height: 1050 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const trouble = watch(context, page, new URL(address).origin);
  await page.goto(address);
  return {
    page,
    address,
    home,
    trouble,
    stop: async () => {
      await browser.close();
      const code = await ended(serve);
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`airloom serve ended with ${String(code)}:\n${said}`);
    },
  };
}

async function printed(serve: ChildProcess, said: () => string): Promise<string> {
  if (!serve.stdout) throw new Error('no output');
  const lines = createInterface({ input: serve.stdout });
  try {
    for await (const line of lines) if (line.startsWith('http://')) return line;
  } finally {
    lines.close();
  }
  throw new Error(`airloom serve did not start:\n${said()}`);
}

function ended(serve: ChildProcess): Promise<number | null> {
  if (serve.exitCode !== null) return Promise.resolve(serve.exitCode);
  return new Promise((done) => {
    const late = setTimeout(() => serve.kill('SIGKILL'), 15_000);
    serve.once('exit', (code) => {
      clearTimeout(late);
      done(code);
    });
    serve.kill('SIGINT');
  });
}

function watch(context: BrowserContext, page: Page, origin: string): string[] {
  const trouble: string[] = [];
  page.on('pageerror', (e) => trouble.push(`error: ${e.message}`));
  page.on('console', (m) => {
    // The browser itself reports an answer that is a fault; the page has shown it.
    if (m.type() === 'error' && !m.text().startsWith('Failed to load resource')) trouble.push(`console: ${m.text()}`);
  });
  page.on('dialog', (d) => {
    trouble.push(`dialog: ${d.message()}`);
    void d.dismiss();
  });
  context.on('page', (p) => trouble.push(`another page: ${p.url()}`));
  page.on('request', (r) => {
    if (!r.url().startsWith(origin) && !r.url().startsWith('data:')) trouble.push(`request: ${r.url()}`);
  });
  page.on('framenavigated', (f) => {
    if (!f.url().startsWith(origin) && f.url() !== 'about:blank') trouble.push(`navigated: ${f.url()}`);
  });
  return trouble;
}

/** Keeps a picture of the page, for a person to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const out = join(import.meta.dirname, 'out');
  mkdirSync(out, { recursive: true });
  await page.screenshot({ path: join(out, `${name}.png`) });
}

/** A test that fails leaves a picture. */
export function pictureFailures(page: () => Page): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(page(), `failed ${task.name}`);
  });
}

/** Calls an operation as the page does: its token is in the cookie. */
export function rpc<T>(page: Page, op: string, input: unknown = {}): Promise<T> {
  return page.evaluate(
    async ([name, body]) => {
      const answer = await fetch(`/rpc/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${name}: ${text}`);
      return (text ? JSON.parse(text) : {}) as unknown;
    },
    [op, input] as const,
  ) as Promise<T>;
}

export const node = (page: Page, id: string): Locator => page.locator(`.react-flow [data-node="${id}"]`);

export const port = (page: Page, id: string, name: string): Locator => node(page, id).locator(`[data-port="${name}"]`);

/** Makes an empty project by the form of the start screen. */
export async function newProject(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New project' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await page.locator('.react-flow').waitFor();
}

/** Drags with the pointer from one place to another, as a hand does. */
export async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 6, from.y + 6, { steps: 2 });
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

export async function middle(l: Locator): Promise<{ x: number; y: number }> {
  const b = await l.boundingBox();
  if (!b) throw new Error('not on the screen');
  return { x: b.x + b.width / 2, y: b.y + b.height / 2 };
}

/** Types once a field has the focus: what opens one takes a frame to give it. */
export async function typeIn(page: Page, text: string): Promise<void> {
  await page.waitForFunction(() => document.activeElement?.matches('input, textarea, [contenteditable=true]') ?? false);
  await page.keyboard.type(text);
}
