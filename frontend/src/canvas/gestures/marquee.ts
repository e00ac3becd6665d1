// The marquee: dragging on the empty canvas selects what it touches. Groups are large, so they must be inside whole.
import { type Point, type Rect, rectOf, span, touches } from '../../design/geometry';
import { type ID, isFolded } from '../../design/types';
import { beyond, type Pointer, type World } from './gesture';

export interface Marquee {
  kind: 'marquee';
  phase: 'pressed' | 'dragging';
  start: Point;
  rect: Rect;
  /** Kept from before with Shift. */
  base: ReadonlySet<ID>;
  selection: ReadonlySet<ID>;
}

export function press(selected: ReadonlySet<ID>, p: Pointer): Marquee {
  const base: ReadonlySet<ID> = p.shift ? selected : new Set();
  return { kind: 'marquee', phase: 'pressed', start: { x: p.x, y: p.y }, rect: span(p, p), base, selection: base };
}

export function drag(m: Marquee, p: Pointer, w: World): Marquee {
  if (m.phase === 'pressed' && !beyond(m.start, p, w.zoom)) return m;
  const rect = span(m.start, p);
  const selection = new Set(m.base);
  for (const n of Object.values(w.design.nodes)) {
    const r = rectOf(n);
    if (w.isGroup(n.kind) && !isFolded(n) ? inside(rect, r) : touches(rect, r)) selection.add(n.id);
  }
  return { ...m, phase: 'dragging', rect, selection };
}

/** What is selected in the end: a click on nothing selects nothing. */
export const drop = (m: Marquee): ReadonlySet<ID> => m.selection;

const inside = (outer: Rect, r: Rect): boolean =>
  r.x >= outer.x && r.y >= outer.y && r.x + r.w <= outer.x + outer.w && r.y + r.h <= outer.y + outer.h;
