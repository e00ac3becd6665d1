import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppEvent } from '../bridge/api';
import { kept, Logbook, said } from './logbook';

const line = (n: number, node = 'worker'): AppEvent => ({
  seq: n,
  time: new Date(n).toISOString(),
  type: 'log',
  node,
  text: `line ${String(n)}`,
});

describe('the logbook', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('gathers floods: ten repaints a second at most', () => {
    const book = new Logbook();
    let painted = 0;
    book.log.subscribe(() => painted++);
    for (let n = 0; n < 2000; n++) {
      book.add(line(n));
      if (n % 200 === 0) vi.advanceTimersByTime(20);
    }
    vi.advanceTimersByTime(100);
    expect(painted).toBeLessThan(5);
    expect(book.log.get().lines).toHaveLength(2000);
    expect(book.log.get().last.get('worker')?.text).toBe('line 1999');
  });

  it('keeps the newest and counts all', () => {
    const book = new Logbook();
    for (let n = 0; n < kept + 100; n++) book.add(line(n));
    book.flush();
    expect(book.log.get().lines).toHaveLength(kept);
    expect(book.log.get().lines[0]?.text).toBe('line 100');
    expect(book.log.get().total).toBe(kept + 100);
  });

  it('puts past lines before, once, and in their order', () => {
    const book = new Logbook();
    book.add(line(5));
    book.fill([line(3), line(4), line(5)]);
    book.fill([line(3), line(4), line(5)]);
    expect(book.log.get().lines.map((e) => e.seq)).toEqual([3, 4, 5]);
    expect(book.log.get().total).toBe(3);
  });

  it('shows on a node what its function said last, not what the runtime adds', () => {
    const book = new Logbook();
    const say = (n: number, text: string): void => {
      book.add({ ...line(n), text });
    };
    say(1, 'START RequestId: 1 Version: $LATEST');
    say(2, '2026-11-25T16:39:01.563Z\t17c12f0a-1\tINFO\torder received');
    say(3, 'END RequestId: 1');
    say(4, 'REPORT RequestId: 1\tDuration: 2 ms');
    book.flush();
    expect(book.log.get().last.get('worker')?.text).toBe('order received');
    expect(book.log.get().lines).toHaveLength(4);
  });

  it('reads past what runtimes put before a line', () => {
    expect(said('2026-11-25T16:39:01.563Z\t17c12f0a-1\tERROR\tno such order')).toBe('no such order');
    expect(said('[INFO]\t2026-11-25T16:39:01.563Z\t17c12f0a-1\tno such order')).toBe('no such order');
    expect(said('2026-11-25T16:39:01.563Z started')).toBe('2026-11-25T16:39:01.563Z started');
  });

  it('forgets what waits when it is cleared', () => {
    const book = new Logbook();
    book.add(line(1));
    book.clear();
    vi.advanceTimersByTime(200);
    expect(book.log.get().lines).toEqual([]);
  });
});
