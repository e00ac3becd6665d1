// Smart guides: a moved box snaps to the edges and middles of the others, and says so with a line.
import { grid, type Point, type Rect, snap } from '../../design/geometry';

export interface Guide {
  /** "x" is a vertical line at x = at, from y = from to y = to; "y" a horizontal one. */
  axis: 'x' | 'y';
  at: number;
  from: number;
  to: number;
}

const reach = 6; // screen pixels

/** Snaps an offset of a box to the others' lines where one is near, to the grid otherwise. */
export function align(box: Rect, by: Point, others: readonly Rect[], zoom: number): { by: Point; guides: Guide[] } {
  const near = reach / zoom;
  const moved = { ...box, x: box.x + by.x, y: box.y + by.y };
  const x = best(moved.x, moved.w, others, near, 'x');
  const y = best(moved.y, moved.h, others, near, 'y');
  const out = {
    x: x ? by.x + x.shift : snap(moved.x, grid) - box.x,
    y: y ? by.y + y.shift : snap(moved.y, grid) - box.y,
  };
  const end = { ...box, x: box.x + out.x, y: box.y + out.y };
  const guides: Guide[] = [];
  if (x) {
    const r = x.other;
    guides.push({ axis: 'x', at: x.at, from: Math.min(r.y, end.y), to: Math.max(r.y + r.h, end.y + end.h) });
  }
  if (y) {
    const r = y.other;
    guides.push({ axis: 'y', at: y.at, from: Math.min(r.x, end.x), to: Math.max(r.x + r.w, end.x + end.w) });
  }
  return { by: out, guides };
}

function best(
  start: number,
  size: number,
  others: readonly Rect[],
  near: number,
  axis: 'x' | 'y',
): { shift: number; at: number; other: Rect } | null {
  let found: { shift: number; at: number; other: Rect } | null = null;
  for (const other of others) {
    const s = axis === 'x' ? other.x : other.y;
    const len = axis === 'x' ? other.w : other.h;
    for (const part of [0, 0.5, 1]) {
      const at = s + len * part;
      const shift = at - (start + size * part);
      if (Math.abs(shift) <= near && (!found || Math.abs(shift) < Math.abs(found.shift))) found = { shift, at, other };
    }
  }
  return found;
}
