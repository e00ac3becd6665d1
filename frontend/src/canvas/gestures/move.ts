// Selecting and moving nodes: one gesture, since a press does the one and a drag the other.
import { bounds, centre, type Point, type Rect, rectOf, touches } from '../../design/geometry';
import { equal } from '../../design/equal';
import { ancestors, groupAt, withContents } from '../../design/select';
import type { ID } from '../../design/types';
import { beyond, type Pointer, type World } from './gesture';
import { align, type Guide } from './guides';
import { type Splice, under } from './splice';

export interface Move {
  kind: 'move';
  phase: 'pressed' | 'dragging';
  start: Point;
  by: Point;
  /** What is selected while pressed, and what if the press stays a click. */
  selection: ReadonlySet<ID>;
  clicked: ReadonlySet<ID>;
  /** Everything that moves: the selected nodes, and what lies in selected groups. */
  moving: ReadonlySet<ID>;
  /** Alt: leave the originals and move copies. */
  copy: boolean;
  /** The group that the nodes would lie in. */
  into: ID | undefined;
  /** The wire that the node would come into. */
  onto: Splice | undefined;
  guides: readonly Guide[];
}

/** Pressing a node selects it; with Shift it joins or leaves the selection. */
export function press(w: World, selected: ReadonlySet<ID>, id: ID, p: Pointer): Move {
  const has = selected.has(id);
  let selection: ReadonlySet<ID> = selected;
  let clicked: ReadonlySet<ID>;
  if (p.shift) {
    selection = new Set([...selected, id]);
    clicked = has ? new Set([...selected].filter((s) => s !== id)) : selection;
  } else {
    if (!has) selection = new Set([id]);
    clicked = new Set([id]);
  }
  const moving = new Set([...withContents(w.design, nodesOf(w, selection))].filter((n) => !w.design.nodes[n]?.locked));
  return {
    kind: 'move',
    phase: 'pressed',
    start: { x: p.x, y: p.y },
    by: { x: 0, y: 0 },
    selection,
    clicked,
    moving,
    copy: false,
    into: undefined,
    onto: undefined,
    guides: [],
  };
}

export function drag(m: Move, p: Pointer, w: World): Move {
  if (m.phase === 'pressed' && !beyond(m.start, p, w.zoom)) return m;
  let by = { x: p.x - m.start.x, y: p.y - m.start.y };
  if (p.shift) by = Math.abs(by.x) > Math.abs(by.y) ? { x: by.x, y: 0 } : { x: 0, y: by.y };
  let guides: readonly Guide[] = [];
  const box = bounds([...m.moving].flatMap((id) => w.design.nodes[id] ?? []).map(rectOf));
  if (!p.ctrl && box) {
    const free = by;
    ({ by, guides } = align(box, free, neighbours(m, w, { ...box, x: box.x + by.x, y: box.y + by.y }), w.zoom));
    // Shift keeps the line even where something to snap to is near.
    if (p.shift) by = free.x === 0 ? { x: 0, y: by.y } : { x: by.x, y: 0 };
  }
  const into = groupAt(w.design, p, w.isGroup, m.moving);
  const onto = p.ctrl || p.alt ? undefined : ontoWire(m, by, w);
  const next: Move = { ...m, phase: 'dragging', by, copy: p.alt, guides, into, onto };
  return sameMove(m, next) ? m : next;
}

/** Between two steps of the grid nothing changes, and nothing need be drawn. */
const sameMove = (a: Move, b: Move): boolean =>
  a.phase === b.phase &&
  a.by.x === b.by.x &&
  a.by.y === b.by.y &&
  a.copy === b.copy &&
  a.into === b.into &&
  a.onto?.wire === b.onto?.wire &&
  equal(a.guides, b.guides);

/** Only a node alone that is not wired yet comes into a wire: one that is part of something is being put in order. */
function ontoWire(m: Move, by: Point, w: World): Splice | undefined {
  const [id, ...more] = m.moving;
  const n = w.design.nodes[id ?? ''];
  if (!n || more.length > 0 || w.judge.spec(n.kind).shape !== 'node') return undefined;
  if (Object.values(w.design.edges).some((e) => e.from.node === n.id || e.to.node === n.id)) return undefined;
  const r = rectOf(n);
  return under(w, n, { ...r, x: r.x + by.x, y: r.y + by.y });
}

export type Dropped =
  | { kind: 'click'; selection: ReadonlySet<ID> }
  | { kind: 'move' | 'copy'; ids: ID[]; by: Point; into: ID | undefined; onto: Splice | undefined };

/** The drop: a click where nothing was dragged. */
export function drop(m: Move, w: World): Dropped {
  if (m.phase === 'pressed' || m.moving.size === 0) return { kind: 'click', selection: m.clicked };
  const ids = nodesOf(w, m.selection).filter((id) => m.moving.has(id));
  return { kind: m.copy ? 'copy' : 'move', ids, by: m.by, into: m.into, onto: m.onto };
}

/** The group that each dropped node lies in: decided by its own middle, so that half of a selection may enter. */
export const parentAfter =
  (w: World, moving: ReadonlySet<ID>) =>
  (n: Parameters<typeof rectOf>[0]): ID | undefined =>
    groupAt(w.design, centre(rectOf(n)), w.isGroup, moving);

const nodesOf = (w: World, ids: Iterable<ID>): ID[] => [...ids].filter((id) => w.design.nodes[id]);

/** What a moved box may snap to: boxes not far from it that do not move, its surroundings excluded. */
function neighbours(m: Move, w: World, box: Rect): Rect[] {
  const around = { x: box.x - 600, y: box.y - 600, w: box.w + 1200, h: box.h + 1200 };
  const holders = new Set([...m.moving].flatMap((id) => ancestors(w.design, id)));
  const out: Rect[] = [];
  for (const n of Object.values(w.design.nodes)) {
    if (m.moving.has(n.id) || holders.has(n.id) || w.isGroup(n.kind)) continue;
    const r = rectOf(n);
    if (touches(around, r)) out.push(r);
  }
  return out;
}
