// Records as React Flow's nodes. A record gives the same node again, so that only what changed is drawn anew.
import type { Node } from '@xyflow/react';
import type { Shelf } from '../catalog/shelf';
import { type Point, rectOf } from '../design/geometry';
import { ancestors, withContents } from '../design/select';
import type { Design, ID, NodeRecord } from '../design/types';
import type { Gesture } from './board';

export type Box = Node<{ record: NodeRecord }, 'node' | 'frame' | 'note' | 'ghost'>;

/** What lies over what: groups by their depth, wires, notes, chips, boxes, wires that are looked at, what is in the hand. */
export const layer = {
  wires: 400,
  notes: 600,
  chips: 800,
  nodes: 1000,
  front: 1200,
  ghosts: 1500,
  loose: 2000,
} as const;

/** Where records are shown while a gesture holds them, and what is shown beside them. */
export interface Displaced {
  at: (n: NodeRecord) => { x: number; y: number; w: number; h: number };
  moving: ReadonlySet<ID>;
  ghosts: readonly { record: NodeRecord; by: Point }[];
}

const still: Displaced = { at: rectOf, moving: new Set(), ghosts: [] };

/** Tells whether a gesture shows records elsewhere than they are. */
export const displaces = (g: Gesture | null): boolean =>
  g?.kind === 'resize' || g?.kind === 'nudge' || g?.kind === 'glide' || (g?.kind === 'move' && g.phase === 'dragging');

export function displaced(d: Design, g: Gesture | null): Displaced {
  if (g?.kind === 'resize') {
    return { ...still, at: (n) => (n.id === g.id ? g.rect : rectOf(n)), moving: new Set([g.id]) };
  }
  if (g?.kind === 'glide') {
    const at = (n: NodeRecord): ReturnType<Displaced['at']> => {
      const r = rectOf(n);
      const by = g.back.get(n.id);
      return by ? { ...r, x: r.x + by.x * g.left, y: r.y + by.y * g.left } : r;
    };
    return { ...still, at, moving: g.moving };
  }
  if (g?.kind === 'move' && g.copy) {
    return {
      ...still,
      ghosts: [...g.moving].flatMap((id) => d.nodes[id] ?? []).map((record) => ({ record, by: g.by })),
    };
  }
  if (g?.kind !== 'move' && g?.kind !== 'nudge') return still;
  const moving = g.kind === 'move' ? g.moving : withContents(d, g.moving);
  const at = (n: NodeRecord): ReturnType<Displaced['at']> => {
    const r = rectOf(n);
    return moving.has(n.id) && !n.locked ? { ...r, x: r.x + g.by.x, y: r.y + g.by.y } : r;
  };
  return { at, moving, ghosts: [] };
}

/** Gives a function from drawings to React Flow's nodes. */
export function boxMaker(shelf: Shelf): (d: Design, shown: Displaced) => Box[] {
  const kept = new WeakMap<NodeRecord, Box>();
  const make = (d: Design, record: NodeRecord): Box => {
    const { shape } = shelf.spec(record.kind);
    const depth = shape === 'group' ? ancestors(d, record.id).length : 0;
    const lift = record.z ?? 0;
    // Groups lie over the groups around them however they are ordered among one another.
    const zIndex = shape === 'group' ? 100 + 20 * depth + Math.max(-9, Math.min(9, lift)) : layer[`${shape}s`] + lift;
    const known = kept.get(record);
    if (known?.zIndex === zIndex) return known;
    const box = place(
      { id: record.id, type: shape === 'group' ? 'frame' : shape, position: record, data: { record }, zIndex },
      rectOf(record),
    );
    kept.set(record, box);
    return box;
  };
  return (d, shown) => {
    const out: Box[] = [];
    for (const record of Object.values(d.nodes)) {
      const box = make(d, record);
      out.push(shown.moving.has(record.id) ? place(box, shown.at(record)) : box);
    }
    for (const { record, by } of shown.ghosts) {
      const r = rectOf(record);
      const ghost: Box = {
        id: `ghost ${record.id}`,
        type: 'ghost',
        position: record,
        data: { record },
        zIndex: layer.ghosts,
      };
      out.push(place(ghost, { ...r, x: r.x + by.x, y: r.y + by.y }));
    }
    return out;
  };
}

function place(box: Box, r: { x: number; y: number; w: number; h: number }): Box {
  return {
    ...box,
    position: { x: r.x, y: r.y },
    width: r.w,
    height: r.h,
    measured: { width: r.w, height: r.h },
    // Wires are ours: React Flow need not look for where they begin, nor draw what is off the screen to find it.
    handles: [],
    domAttributes: { 'aria-roledescription': undefined },
  };
}
