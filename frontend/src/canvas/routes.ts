// How wires run around what lies between their ends: the plain curve where it is free, a rounded detour where it is not.
// Routes are kept until an end moves or a box comes or goes beside them; whatever is in the hand is drawn plainly.
import type { Spec } from '../catalog/types';
import { bounds, passes, type Point, type Rect, rectOf, touches } from '../design/geometry';
import { equal } from '../design/equal';
import { type Design, type EdgeRecord, type ID, isFolded, type NodeRecord } from '../design/types';
import { cubic, type Curve, curve, fans, lanes, portPoint, rounded, tip } from './geometry';

export interface Route extends Curve {
  /** The wire as a line of straight pieces: what it touches. */
  points: readonly Point[];
  box: Rect;
}

interface Kept {
  key: string;
  route: Route;
}

export class Routes {
  private readonly spec: (kind: string) => Spec;
  private readonly boxes = new Map<ID, { node: NodeRecord; rect: Rect }>();
  private readonly cells = new Map<string, Set<ID>>();
  private readonly kept = new Map<ID, Kept>();
  private seen: Design | null = null;
  private laneOf = new Map<ID, number>();
  private fanOf = new Map<ID, { from: number; to: number }>();

  constructor(spec: (kind: string) => Spec) {
    this.spec = spec;
  }

  /** How a wire runs in a drawing, null where an end is missing. */
  of(d: Design, e: EdgeRecord): Route | null {
    this.look(d);
    const ends = this.ends(d, e);
    if (!ends) return null;
    const { a, b, own } = ends;
    const lane = this.laneOf.get(e.id) ?? 0;
    const key = `${String(a.x)} ${String(a.y)} ${String(b.x)} ${String(b.y)} ${String(lane)}`;
    const known = this.kept.get(e.id);
    if (known?.key === key) return known.route;
    const route = this.lay(e, a, b, lane, own);
    this.kept.set(e.id, { key, route });
    return route;
  }

  /** A wire whose nodes lie elsewhere for now. */
  loose(d: Design, e: EdgeRecord, at: (n: NodeRecord) => Rect): Curve | null {
    this.look(d);
    const ends = this.ends(d, e, at);
    return ends && curve(ends.a, ends.b, this.laneOf.get(e.id) ?? 0, ends.own);
  }

  private ends(
    d: Design,
    e: EdgeRecord,
    at: (n: NodeRecord) => Rect = rectOf,
  ): { a: Point; b: Point; own?: Rect } | null {
    const from = d.nodes[e.from.node];
    const to = d.nodes[e.to.node];
    if (!from || !to) return null;
    const a = portPoint({ ...from, ...at(from) }, this.spec(from.kind), e.from.port, 'out');
    const b = portPoint({ ...to, ...at(to) }, this.spec(to.kind), e.to.port, 'in');
    const off = this.fanOf.get(e.id);
    a.y += off?.from ?? 0;
    b.y += off?.to ?? 0;
    return from.id === to.id ? { a, b, own: at(from) } : { a, b };
  }

  private lay(e: EdgeRecord, a: Point, b: Point, lane: number, own?: Rect): Route {
    const plain = curve(a, b, lane, own);
    if (own) {
      const points = [a, { x: a.x + 40, y: plain.middle.y }, plain.middle, { x: b.x - 40, y: plain.middle.y }, b];
      return { ...plain, points, box: boxOf(points) };
    }
    const points = sample(cubic(a, b, lane));
    const box = boxOf(points);
    const ends = new Set([e.from.node, e.to.node]);
    const back = b.x < a.x;
    if (back || this.near(grow(box, 4), ends).some((r) => passes(points, grow(r, 4)))) {
      const own = back ? [...ends].flatMap((id) => this.boxes.get(id)?.rect ?? []) : [];
      const corners = detour(a, b, lane, this.near(grow(boxOf([a, b]), around), ends), own, this.fanOf.get(e.id));
      if (corners) {
        return {
          d: rounded(corners, 14),
          tip: tip(b),
          middle: labelled(corners),
          points: corners,
          box: boxOf(corners),
        };
      }
    }
    return { ...plain, points, box };
  }

  /** Takes in what has moved since the last drawing, and forgets the routes beside it. */
  private look(d: Design): void {
    if (this.seen === d) return;
    if (this.seen?.edges !== d.edges) {
      this.laneOf = lanes(Object.values(d.edges));
      for (const id of this.kept.keys()) if (!d.edges[id]) this.kept.delete(id);
    }
    if (this.seen?.edges !== d.edges || this.seen.nodes !== d.nodes) this.fanOf = fans(d);
    const moved: Rect[] = [];
    if (this.seen?.nodes !== d.nodes) {
      for (const [id, { rect }] of this.boxes) {
        if (!d.nodes[id]) this.forget(id, rect, moved);
      }
      for (const node of Object.values(d.nodes)) {
        const before = this.boxes.get(node.id);
        if (before?.node === node) continue;
        if (this.spec(node.kind).shape === 'group' && !isFolded(node)) {
          if (before) this.forget(node.id, before.rect, moved);
          continue;
        }
        const rect = rectOf(node);
        this.boxes.set(node.id, { node, rect });
        if (before && equal(before.rect, rect)) continue;
        if (before) {
          this.file(node.id, before.rect, 'delete');
          moved.push(before.rect);
        }
        this.file(node.id, rect, 'add');
        moved.push(rect);
      }
    }
    this.seen = d;
    if (moved.length === 0) return;
    for (const [id, { route }] of this.kept) {
      const beside = grow(route.box, around);
      if (moved.some((r) => touches(beside, r))) this.kept.delete(id);
    }
  }

  private forget(id: ID, rect: Rect, moved: Rect[]): void {
    this.file(id, rect, 'delete');
    this.boxes.delete(id);
    moved.push(rect);
  }

  private near(r: Rect, without: ReadonlySet<ID>): Rect[] {
    const out = new Map<ID, Rect>();
    for (const key of cellsOf(r)) {
      for (const id of this.cells.get(key) ?? []) {
        const rect = this.boxes.get(id)?.rect;
        if (rect && !without.has(id) && touches(r, rect)) out.set(id, rect);
      }
    }
    return [...out.values()];
  }

  private file(id: ID, r: Rect, how: 'add' | 'delete'): void {
    for (const key of cellsOf(r)) {
      let cell = this.cells.get(key);
      if (!cell) this.cells.set(key, (cell = new Set()));
      cell[how](id);
    }
  }
}

const cell = 320;
/** How far beside the straight way a detour may lead. */
const around = 160;
/** How far a detour keeps from boxes, and from its own ends before it turns. */
const clear = 18;

function cellsOf(r: Rect): string[] {
  const out: string[] = [];
  for (let x = Math.floor(r.x / cell); x <= Math.floor((r.x + r.w) / cell); x++) {
    for (let y = Math.floor(r.y / cell); y <= Math.floor((r.y + r.h) / cell); y++)
      out.push(`${String(x)} ${String(y)}`);
  }
  return out;
}

const grow = (r: Rect, by: number): Rect => ({ x: r.x - by, y: r.y - by, w: r.w + 2 * by, h: r.h + 2 * by });

const boxOf = (points: readonly Point[]): Rect =>
  bounds(points.map((p) => ({ x: p.x, y: p.y, w: 0, h: 0 }))) ?? { x: 0, y: 0, w: 0, h: 0 };

function sample([a, p, q, b]: readonly [Point, Point, Point, Point]): Point[] {
  const steps = 14;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const t = i / steps;
    const u = 1 - t;
    const mix = (k: 'x' | 'y'): number =>
      u * u * u * a[k] + 3 * u * u * t * p[k] + 3 * u * t * t * q[k] + t * t * t * b[k];
    return { x: mix('x'), y: mix('y') };
  });
}

/**
 * The shortest way of up to five straight pieces that crosses no box: out, up or down beside a box, along, back, in. own
 * are the boxes at its ends. null where there is none nearby: a wire through a box says more than one around everything.
 */
export function detour(
  a: Point,
  b: Point,
  lane: number,
  boxes: readonly Rect[],
  own: readonly Rect[] = [],
  fan = { from: 0, to: 0 },
): Point[] | null {
  const shift = lane * 10;
  const down = b.y > a.y ? -1 : 1;
  const all = [...boxes, ...own];
  const walls = [...boxes.map((r) => grow(r, clear / 3)), ...own.map((r) => grow(r, -1))];
  const sides = all.flatMap((r) => [r.x - clear + shift, r.x + r.w + clear + shift]);
  const forward = b.x - a.x > 2 * clear;
  // Wires that share a port turn one after the other, so that they do not cross there.
  const first = a.x + clear + Math.abs(shift) + down * fan.from * 0.5;
  const last = b.x - clear - Math.abs(shift) + down * fan.to * 0.5;
  const starts = [
    first,
    ...closest(
      sides.filter((x) => forward && x > first && x < last),
      a.x,
      5,
    ),
  ];
  const stops = [
    last,
    ...closest(
      sides.filter((x) => forward && x > first && x < last),
      b.x,
      5,
    ),
  ];
  const level = shift + (fan.from + fan.to) * 0.35;
  const between = all.flatMap((r) => [r.y - clear + level, r.y + r.h + clear + level]);
  const levels = [a.y, b.y, ...closest(between, (a.y + b.y) / 2, 16)];
  let best: Point[] | null = null;
  let cost = Infinity;
  for (const y of levels) {
    for (const x1 of starts) {
      for (const x2 of stops) {
        if (forward && x1 > x2) continue;
        const corners = straighten([a, { x: x1, y: a.y }, { x: x1, y }, { x: x2, y }, { x: x2, y: b.y }, b]);
        const c = lengthOf(corners) + 24 * corners.length;
        if (c >= cost || walls.some((r) => passes(corners, r))) continue;
        best = corners;
        cost = c;
      }
    }
  }
  return best;
}

const closest = (values: readonly number[], to: number, most: number): number[] =>
  [...new Set(values)].sort((p, q) => Math.abs(p - to) - Math.abs(q - to)).slice(0, most);

/** Leaves out corners where nothing turns. */
function straighten(points: readonly Point[]): Point[] {
  const distinct = points.filter((p, i) => {
    const q = points[i - 1];
    return !q || p.x !== q.x || p.y !== q.y;
  });
  return distinct.filter((p, i) => {
    const [q, r] = [distinct[i - 1], distinct[i + 1]];
    if (!q || !r) return true;
    // A line that goes back on itself turns, though it stays on its line.
    const level = q.y === p.y && p.y === r.y && (p.x - q.x) * (r.x - p.x) > 0;
    const upright = q.x === p.x && p.x === r.x && (p.y - q.y) * (r.y - p.y) > 0;
    return !level && !upright;
  });
}

const lengthOf = (points: readonly Point[]): number =>
  points.reduce((sum, p, i) => sum + Math.hypot(p.x - (points[i - 1] ?? p).x, p.y - (points[i - 1] ?? p).y), 0);

/** Where a label has room: the middle of the longest level piece. */
function labelled(points: readonly Point[]): Point {
  let middle = points[0] ?? { x: 0, y: 0 };
  let longest = 0;
  for (let i = 1; i < points.length; i++) {
    const [p, q] = [points[i - 1], points[i]];
    if (!p || !q || p.y !== q.y || Math.abs(q.x - p.x) <= longest) continue;
    longest = Math.abs(q.x - p.x);
    middle = { x: (p.x + q.x) / 2, y: p.y };
  }
  return middle;
}
