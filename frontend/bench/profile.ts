// Where the time of one gesture goes: BENCH_PROFILE="drag 1 all" or "paint" prints it for every size, of both pages.
import type { Browser, CDPSession, Page } from 'playwright-core';
import { say } from './figures';

const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'cc', 'viz', '__metadata'];

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string; data?: { type?: string } };
}

/** Runs a gesture under Chromium's sampling profiler and its tracing; prints functions and the browser's own work. */
export async function profiled(
  browser: Browser,
  page: Page,
  cdp: CDPSession,
  title: string,
  work: () => Promise<unknown>,
): Promise<void> {
  say(`\n${title}`);
  await cdp.send('Profiler.enable');
  await cdp.send('Profiler.setSamplingInterval', { interval: 500 });
  await browser.startTracing(page, { categories });
  await cdp.send('Profiler.start');
  await work();
  const { profile } = await cdp.send('Profiler.stop');
  const trace = await browser.stopTracing();
  await cdp.send('Profiler.disable');
  const byId = new Map(profile.nodes.map((n) => [n.id, n]));
  const own = new Sums();
  (profile.samples ?? []).forEach((id, i) => {
    const f = byId.get(id)?.callFrame;
    const place = f?.url ? `${f.url.split('/').at(-1) ?? ''}:${String(f.lineNumber + 1)}` : '';
    if (f) own.add(`${f.functionName || '(anonymous)'} ${place}`, (profile.timeDeltas?.[i] ?? 0) / 1000);
  });
  own.print(30);
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threads = new Map<string, string>();
  for (const e of traceEvents) {
    if (e.name === 'thread_name') threads.set(`${String(e.pid)} ${String(e.tid)}`, e.args.name ?? '');
  }
  const native = new Sums();
  for (const e of traceEvents) {
    if (e.ph !== 'X' || !e.dur) continue;
    native.add(
      `${e.name} ${e.args.data?.type ?? ''}, ${threads.get(`${String(e.pid)} ${String(e.tid)}`) ?? ''}`,
      (e.tdur ?? e.dur) / 1000,
    );
  }
  native.print(24);
}

class Sums {
  private readonly sums = new Map<string, { time: number; count: number }>();

  add(key: string, time: number): void {
    const s = this.sums.get(key) ?? { time: 0, count: 0 };
    this.sums.set(key, { time: s.time + time, count: s.count + 1 });
  }

  print(most: number): void {
    for (const [key, s] of [...this.sums].sort((a, b) => b[1].time - a[1].time).slice(0, most)) {
      say(`${s.time.toFixed(0).padStart(8)} ms ${String(s.count).padStart(6)} ×  ${key}`);
    }
    say('');
  }
}
