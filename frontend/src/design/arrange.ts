// Edits that put selected nodes in order. What lies in a group moves with it; locked nodes stay, and the others come to them.
import { Draft } from './draft';
import { bounds, centre, type Point, type Rect, rectOf, touches } from './geometry';
import { ancestors, withContents } from './select';
import type { Design, Diff, ID, NodeRecord } from './types';

/** Where a node is seen. */
type At = (n: NodeRecord) => Rect;

export type Line = 'left' | 'right' | 'top' | 'bottom' | 'centre' | 'middle';

/** Brings nodes to a common line: a side of all of them, or of the locked ones among them. */
export function align(d: Design, ids: Iterable<ID>, line: Line, at: At = rectOf): Diff {
  const all = roots(d, ids);
  const fixed = all.filter((n) => n.locked);
  const box = bounds((fixed.length > 0 ? fixed : all).map(at));
  return shift(d, all, at, (r) => (box ? toLine(r, box, line) : { x: 0, y: 0 }));
}

function toLine(r: Rect, box: Rect, line: Line): Point {
  const [c, m] = [centre(r), centre(box)];
  switch (line) {
    case 'left':
      return { x: box.x - r.x, y: 0 };
    case 'right':
      return { x: box.x + box.w - r.x - r.w, y: 0 };
    case 'top':
      return { x: 0, y: box.y - r.y };
    case 'bottom':
      return { x: 0, y: box.y + box.h - r.y - r.h };
    case 'centre':
      return { x: m.x - c.x, y: 0 };
    case 'middle':
      return { x: 0, y: m.y - c.y };
  }
}

/** Gives nodes equal gaps from left to right (x) or from top to bottom (y); the outermost stay where they are. */
export function distribute(d: Design, ids: Iterable<ID>, axis: 'x' | 'y', at: At = rectOf): Diff {
  const all = roots(d, ids).sort((a, b) => centre(at(a))[axis] - centre(at(b))[axis] || (a.id < b.id ? -1 : 1));
  const size = axis === 'x' ? 'w' : 'h';
  const box = bounds(all.map(at));
  if (!box || all.length < 3) return {};
  const gap = (box[size] - all.reduce((sum, n) => sum + at(n)[size], 0)) / (all.length - 1);
  const place = new Map<ID, number>();
  let edge = box[axis];
  for (const n of all) {
    place.set(n.id, edge);
    edge += at(n)[size] + gap;
  }
  return shift(d, all, at, (r, n) => {
    const by = (place.get(n.id) ?? r[axis]) - r[axis];
    return axis === 'x' ? { x: by, y: 0 } : { x: 0, y: by };
  });
}

/** How far nodes can be lifted over others or put under them. */
const highest = 90;

/** Brings nodes before (1) or behind (-1) the others that they touch and that alike says may lie over them. */
export function order(
  d: Design,
  ids: Iterable<ID>,
  by: 1 | -1,
  alike: (a: NodeRecord, b: NodeRecord) => boolean,
): Diff {
  const draft = new Draft(d);
  const chosen = new Set(ids);
  for (const id of chosen) {
    const n = d.nodes[id];
    if (!n) continue;
    const over = Object.values(d.nodes).filter(
      (o) => !chosen.has(o.id) && alike(n, o) && touches(rectOf(n), rectOf(o)) && ((o.z ?? 0) - (n.z ?? 0)) * by >= 0,
    );
    if (over.length === 0) continue;
    const z = Math.max(...over.map((o) => (o.z ?? 0) * by)) * by + by;
    draft.nodes.put({ ...n, z: Math.min(highest, Math.max(-highest, z)) });
  }
  return draft.diff();
}

/** The chosen nodes that do not lie in another chosen one. */
export function roots(d: Design, ids: Iterable<ID>): NodeRecord[] {
  const chosen = new Set(ids);
  return [...chosen].flatMap((id) => d.nodes[id] ?? []).filter((n) => !ancestors(d, n.id).some((a) => chosen.has(a)));
}

function shift(d: Design, nodes: readonly NodeRecord[], at: At, by: (r: Rect, n: NodeRecord) => Point): Diff {
  const draft = new Draft(d);
  for (const n of nodes) {
    if (n.locked) continue;
    const p = by(at(n), n);
    const dx = Math.round(p.x);
    const dy = Math.round(p.y);
    if (dx === 0 && dy === 0) continue;
    for (const id of withContents(d, [n.id])) {
      const m = d.nodes[id];
      if (m && !m.locked) draft.nodes.put({ ...m, x: m.x + dx, y: m.y + dy });
    }
  }
  return draft.diff();
}
