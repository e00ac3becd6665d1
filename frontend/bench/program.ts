// The program itself: from its start to a drawn sample, and from a drop to "saved" on the disk. AIRLOOM names the binary.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Chromium, drag, openPage } from './browser';
import { painted } from './page/frames';

/** The sample: so many nodes, groups and notes, and so many wires. */
const sample = { nodes: 12, wires: 12, node: 'react-flow__node', wire: 'wire' };

export interface Program {
  /** Milliseconds from starting the program to the whole sample on the screen, each time anew. */
  starts: number[];
  /** Milliseconds from the release of a node to "Saved" in the toolbar. */
  saved: number[];
}

export async function program(c: Chromium, binary: string, rounds: number): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'airloom-bench-'));
  const options = {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    },
  };
  const out: Program = { starts: [], saved: [] };
  try {
    execFileSync(binary, ['new', 'shop', '--from', 'orders'], { ...options, stdio: 'pipe' });
    for (let i = 0; i < rounds; i++) {
      const began = Date.now();
      const serve = spawn(binary, ['serve', 'shop'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const { page, cdp } = await openPage(c, await address(serve));
        out.starts.push((await page.evaluate(painted, sample)) - began);
        for (let k = 0; k < 5; k++) {
          const box = await page.locator('.box').nth(k).boundingBox();
          if (!box) throw new Error('a box of the sample is not on the screen');
          const saved = page.evaluate(untilSaved);
          await drag(cdp, { x: box.x + box.width / 2, y: box.y + box.height / 2 }, 300);
          out.saved.push(await saved);
          // Back to where it was, so that nothing comes to lie on the next.
          await page.keyboard.press('Control+z');
          await page.locator('.saved[data-saved=true]').waitFor();
        }
        await page.close();
      } finally {
        await ended(serve);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return out;
}

/** In the page: the time from the next release to the frame in which the toolbar says "Saved" again. */
function untilSaved(): Promise<number> {
  return new Promise((done) => {
    let released = 0;
    const note = (e: PointerEvent): void => {
      released = e.timeStamp;
    };
    window.addEventListener('pointerup', note, { once: true, capture: true });
    new MutationObserver((_, self) => {
      if (!released || document.querySelector('.saved')?.getAttribute('data-saved') !== 'true') return;
      self.disconnect();
      requestAnimationFrame(() => {
        done(performance.now() - released);
      });
    }).observe(document.querySelector('.toolbar') ?? document.body, { attributes: true, subtree: true });
  });
}

async function address(serve: ChildProcess): Promise<string> {
  if (!serve.stdout) throw new Error('no output');
  const lines = createInterface({ input: serve.stdout });
  try {
    for await (const line of lines) if (line.startsWith('http://')) return line;
  } finally {
    lines.close();
  }
  throw new Error('airloom serve did not start');
}

function ended(serve: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (serve.exitCode !== null) {
      done();
      return;
    }
    serve.once('exit', () => {
      done();
    });
    serve.kill('SIGINT');
  });
}
