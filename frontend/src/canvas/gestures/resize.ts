// Resizing groups and notes by a side or a corner. A group never becomes smaller than what lies in it.
import { bounds, grid, type Point, type Rect, rectOf, snap } from '../../design/geometry';
import { withContents } from '../../design/select';
import { type ID, isFolded } from '../../design/types';
import type { Pointer, World } from './gesture';

/** Compass directions: "n", "se" … */
export type Handle = 'n' | 'e' | 's' | 'w' | 'ne' | 'se' | 'sw' | 'nw';

export interface Resize {
  kind: 'resize';
  id: ID;
  handle: Handle;
  start: Point;
  before: Rect;
  rect: Rect;
  /** Must stay inside: the contents of a group. */
  keep: Rect | null;
}

const smallest = { w: 96, h: 56 };
const margin = 8;

export function press(w: World, id: ID, handle: Handle, p: Pointer): Resize | null {
  const node = w.design.nodes[id];
  if (!node || node.locked || isFolded(node)) return null;
  const before = rectOf(node);
  const contents = [...withContents(w.design, [id])].filter((c) => c !== id).flatMap((c) => w.design.nodes[c] ?? []);
  return {
    kind: 'resize',
    id,
    handle,
    start: { x: p.x, y: p.y },
    before,
    rect: before,
    keep: bounds(contents.map(rectOf)),
  };
}

export function drag(r: Resize, p: Pointer): Resize {
  const dx = p.x - r.start.x;
  const dy = p.y - r.start.y;
  const step = (v: number): number => (p.ctrl ? Math.round(v) : snap(v, grid));
  let { x, y } = r.before;
  let x2 = x + r.before.w;
  let y2 = y + r.before.h;
  const k = r.keep;
  if (r.handle.includes('w')) x = Math.min(step(x + dx), x2 - smallest.w, k ? k.x - margin : Infinity);
  if (r.handle.includes('e')) x2 = Math.max(step(x2 + dx), x + smallest.w, k ? k.x + k.w + margin : -Infinity);
  if (r.handle.includes('n')) y = Math.min(step(y + dy), y2 - smallest.h, k ? k.y - margin : Infinity);
  if (r.handle.includes('s')) y2 = Math.max(step(y2 + dy), y + smallest.h, k ? k.y + k.h + margin : -Infinity);
  return { ...r, rect: { x, y, w: x2 - x, h: y2 - y } };
}

/** The new place and size, null where nothing changed. */
export function drop(r: Resize): Rect | null {
  const { before: b, rect: a } = r;
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h ? null : a;
}
