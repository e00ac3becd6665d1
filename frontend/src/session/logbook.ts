// Log lines of functions as they come in: the last few thousand, and the last one of each node for its badge.
import type { AppEvent } from '../bridge/api';
import { Store } from './store';

export interface Log {
  lines: readonly AppEvent[];
  last: ReadonlyMap<string, AppEvent>;
  /** How many lines came, those included that are no longer kept. */
  total: number;
}

/** So many lines are kept. */
export const kept = 5000;

/** What a runtime prints around each call; a node shows what its function said. */
const platform = /^(START|END|REPORT) RequestId: |^INIT_START /;

/** A line without what Lambda's runtimes put before it: time, request and level. */
export const said = (text: string): string =>
  text.replace(/^(\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]+\t[A-Z]+\t|\[[A-Z]+\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]*\t)/, '');

const none: Log = { lines: [], last: new Map(), total: 0 };

export class Logbook {
  readonly log = new Store<Log>(none);
  private waiting: AppEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Takes a line. Floods are gathered: the page repaints at most ten times a second. */
  add(e: AppEvent): void {
    this.waiting.push(e);
    this.timer ??= setTimeout(() => {
      this.flush();
    }, 100);
  }

  /** Takes past lines, for instance after a reload; those that are there already are left out. */
  fill(past: readonly AppEvent[]): void {
    this.flush();
    const { lines: now, total } = this.log.get();
    const have = new Set(now.map(keyOf));
    const missing = past.filter((e) => !have.has(keyOf(e)));
    if (missing.length === 0) return;
    const lines = [...missing, ...now];
    lines.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    this.put(lines, total + missing.length);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
    this.log.set(none);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const { lines, total } = this.log.get();
    const fresh = this.waiting.splice(0);
    this.put([...lines, ...fresh], total + fresh.length);
  }

  private put(all: AppEvent[], total: number): void {
    const lines = all.slice(-kept);
    const last = new Map<string, AppEvent>();
    for (const e of lines) if (e.node && !platform.test(e.text)) last.set(e.node, { ...e, text: said(e.text) });
    this.log.set({ lines, last, total });
  }
}

const keyOf = (e: AppEvent): string => `${e.time}|${e.node ?? ''}|${e.text}`;
