// Places and sizes in canvas units. backend/diagram draws boxes of the same size.
import type { Design, ID, NodeRecord } from './types';

export interface Point {
  x: number;
  y: number;
}

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export const boxWidth = 200;
export const boxHeight = 64;
export const grid = 8;

export const rectOf = (n: NodeRecord): Rect => ({ x: n.x, y: n.y, w: n.w || boxWidth, h: n.h || boxHeight });

export const contains = (r: Rect, p: Point): boolean =>
  p.x >= r.x && p.y >= r.y && p.x <= r.x + r.w && p.y <= r.y + r.h;

export const touches = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export const centre = (r: Rect): Point => ({ x: r.x + r.w / 2, y: r.y + r.h / 2 });

export const snap = (v: number, step = grid): number => Math.round(v / step) * step;

/** The rectangle between two corners. */
export const span = (a: Point, b: Point): Rect => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  w: Math.abs(a.x - b.x),
  h: Math.abs(a.y - b.y),
});

/** The smallest rectangle around all, null around none. */
export function bounds(rects: Iterable<Rect>): Rect | null {
  let x1 = Infinity;
  let y1 = Infinity;
  let x2 = -Infinity;
  let y2 = -Infinity;
  for (const r of rects) {
    x1 = Math.min(x1, r.x);
    y1 = Math.min(y1, r.y);
    x2 = Math.max(x2, r.x + r.w);
    y2 = Math.max(y2, r.y + r.h);
  }
  return x1 === Infinity ? null : { x: x1, y: y1, w: x2 - x1, h: y2 - y1 };
}

export const boundsOf = (d: Design, ids?: Iterable<ID>): Rect | null =>
  bounds((ids ? [...ids].flatMap((id) => d.nodes[id] ?? []) : Object.values(d.nodes)).map(rectOf));

/** How far a line passes by a point. */
export function distance(line: readonly Point[], p: Point): number {
  let best = Infinity;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1];
    const b = line[i];
    if (a && b) best = Math.min(best, toSegment(a, b, p));
  }
  return best;
}

function toSegment(a: Point, b: Point, p: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return Math.hypot(a.x + t * dx - p.x, a.y + t * dy - p.y);
}

/** Whether a line passes through a rectangle. */
export const passes = (line: readonly Point[], r: Rect): boolean =>
  line.some((b, i) => {
    const a = line[i - 1];
    return a !== undefined && crosses(a, b, r);
  });

/** Whether a segment touches a rectangle: it is clipped by its four sides (Liang–Barsky). */
export function crosses(a: Point, b: Point, r: Rect): boolean {
  let from = 0;
  let to = 1;
  const clip = (p: number, q: number): boolean => {
    if (p === 0) return q >= 0;
    const t = q / p;
    if (p < 0) from = Math.max(from, t);
    else to = Math.min(to, t);
    return from <= to;
  };
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  return clip(-dx, a.x - r.x) && clip(dx, r.x + r.w - a.x) && clip(-dy, a.y - r.y) && clip(dy, r.y + r.h - a.y);
}
