// Long lists: only the rows in sight are on the page. Short lists are there whole, so that every reader sees all of them.
import { type RefObject, useLayoutEffect, useState } from 'react';

/** Up to so many rows are always there. */
const whole = 200;
/** So many rows are there before and after those in sight. */
const beyond = 12;

export interface Span {
  from: number;
  to: number;
}

/** Which of so many rows of one height lie in a window, with some around them. */
export function spanOf(count: number, height: number, top: number, shown: number): Span {
  if (count <= whole) return { from: 0, to: count };
  const last = Math.max(0, count - 1);
  const from = Math.min(last, Math.max(0, Math.floor(top / height) - beyond));
  return { from, to: Math.min(count, Math.ceil((top + shown) / height) + beyond) };
}

/** The rows to show in a scrolling element. */
export function useRows(box: RefObject<HTMLElement | null>, count: number, height: number): Span {
  const [at, setAt] = useState({ top: 0, shown: 600 });
  const long = count > whole;
  useLayoutEffect(() => {
    const el = box.current;
    if (!el || !long) return;
    const look = (): void => {
      setAt({ top: el.scrollTop, shown: el.clientHeight });
    };
    look();
    el.addEventListener('scroll', look, { passive: true });
    const size = new ResizeObserver(look);
    size.observe(el);
    return () => {
      el.removeEventListener('scroll', look);
      size.disconnect();
    };
  }, [box, long]);
  return spanOf(count, height, at.top, at.shown);
}

/** Scrolls so that a row lies in sight below a head of some height. */
export function reveal(box: HTMLElement | null, index: number, height: number, head = 0): void {
  if (!box || index < 0) return;
  const top = index * height;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight - head)
    box.scrollTop = top + height - box.clientHeight + head;
}
