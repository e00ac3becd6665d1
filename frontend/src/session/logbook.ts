// Log lines of functions as they come in: the last few thousand, and the last one of each node for its badge.
import type { AppEvent } from '../bridge/api';
import { Store } from './store';

export interface Log {
  lines: readonly AppEvent[];
  last: ReadonlyMap<string, AppEvent>;
}

const kept = 5000;

export class Logbook {
  readonly log = new Store<Log>({ lines: [], last: new Map() });
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
    const have = new Set(this.log.get().lines.map(keyOf));
    const lines = [...past.filter((e) => !have.has(keyOf(e))), ...this.log.get().lines];
    lines.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    this.put(lines);
  }

  clear(): void {
    this.waiting = [];
    this.log.set({ lines: [], last: new Map() });
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.put([...this.log.get().lines, ...this.waiting.splice(0)]);
  }

  private put(all: AppEvent[]): void {
    const lines = all.slice(-kept);
    const last = new Map<string, AppEvent>();
    for (const e of lines) if (e.node) last.set(e.node, e);
    this.log.set({ lines, last });
  }
}

const keyOf = (e: AppEvent): string => `${e.time}|${e.node ?? ''}|${e.text}`;
