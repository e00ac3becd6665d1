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
