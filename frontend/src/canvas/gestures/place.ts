// Placing a new node: dragged from the palette onto the canvas. Off the canvas it is forgotten.
import type { Spec } from '../../catalog/types';
import { boxHeight, boxWidth, grid, type Point, type Rect, snap } from '../../design/geometry';
import { groupAt } from '../../design/select';
import type { ID } from '../../design/types';
import type { Pointer, World } from './gesture';
import { type Splice, under } from './splice';

export interface Placing {
  kind: 'place';
  spec: Spec;
  /** Where the node would lie; null while the pointer is off the canvas. */
  rect: Rect | null;
  into: ID | undefined;
  /** The wire that it would come into. */
  onto: Splice | undefined;
}

/** The size of a new node of a kind. */
export const sizeOf = (spec: Spec): { w: number; h: number } =>
  spec.shape === 'group'
    ? { w: 360, h: 240 }
    : spec.shape === 'note'
      ? { w: 200, h: 96 }
      : { w: boxWidth, h: boxHeight };

export const press = (spec: Spec): Placing => ({ kind: 'place', spec, rect: null, into: undefined, onto: undefined });

export function drag(p: Placing, at: Pointer | null, w: World): Placing {
  if (!at) return { ...p, rect: null, into: undefined, onto: undefined };
  const rect = around(p.spec, at, !at.ctrl);
  // It is judged as if it stood there already.
  const stand = { id: ' ', kind: p.spec.id, name: p.spec.noun, x: rect.x, y: rect.y };
  const onto = at.ctrl || p.spec.shape !== 'node' ? undefined : under(w, stand, rect);
  return { ...p, rect, into: groupAt(w.design, at, w.isGroup), onto };
}

/** The rectangle of a new node with its middle at a point. */
export function around(spec: Spec, at: Point, snapped = true): Rect {
  const { w, h } = sizeOf(spec);
  const step = snapped ? grid : 1;
  return { x: snap(at.x - w / 2, step), y: snap(at.y - h / 2, step), w, h };
}

/** A free place near a point: moved down and right until it touches no other node. */
export function freePlace(spec: Spec, at: Point, taken: readonly Rect[]): Rect {
  let r = around(spec, at);
  const hits = (): boolean =>
    taken.some(
      (t) => r.x < t.x + t.w + grid && t.x < r.x + r.w + grid && r.y < t.y + t.h + grid && t.y < r.y + r.h + grid,
    );
  for (let i = 0; i < 200 && hits(); i++) r = { ...r, x: r.x + (i % 4 === 3 ? 3 * grid : 0), y: r.y + 3 * grid };
  return r;
}
