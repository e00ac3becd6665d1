// Where ports sit and how wires run. backend/diagram draws the same curves.
import type { Direction, Spec } from '../catalog/types';
import { type Point, type Rect, rectOf } from '../design/geometry';
import type { Design, EdgeRecord, ID, NodeRecord } from '../design/types';

/** How far down a port sits on its side: ports share a side evenly. An unknown port sits in the middle. */
export function portY(spec: Spec, port: string, dir: Direction, height: number): number {
  const side = spec.ports.filter((p) => p.dir === dir);
  const i = side.findIndex((p) => p.id === port);
  return i < 0 ? height / 2 : (height * (i + 1)) / (side.length + 1);
}

/** The point at which a wire leaves (out) or arrives (in). */
export function portPoint(n: NodeRecord, spec: Spec, port: string, dir: Direction): Point {
  const r = rectOf(n);
  return { x: dir === 'out' ? r.x + r.w : r.x, y: r.y + portY(spec, port, dir, r.h) };
}

export interface Curve {
  d: string;
  /** The small triangle at the end. */
  tip: string;
  middle: Point;
}

/** The control points of the curve of a wire: it leaves and arrives horizontally. lane bends parallel wires apart. */
export function cubic(a: Point, b: Point, lane: number): [Point, Point, Point, Point] {
  const bend = Math.max(40, Math.abs(b.x - a.x) / 2);
  const shift = lane * 22;
  const end = b.x - 6;
  return [a, { x: a.x + bend, y: a.y + shift }, { x: b.x - bend, y: b.y + shift }, { x: end, y: b.y }];
}

/** A wire without regard to what lies between; one to its own node runs over it. */
export function curve(a: Point, b: Point, lane: number, own?: Rect): Curve {
  if (own) {
    const top = own.y - 28 - lane * 14;
    const d = `M${at(a)}C${n(a.x + 56)} ${n(a.y)} ${n(a.x + 56)} ${n(top)} ${n(own.x + own.w / 2)} ${n(top)}S${n(b.x - 56)} ${n(b.y)} ${n(b.x - 6)} ${n(b.y)}`;
    return { d, tip: tip(b), middle: { x: own.x + own.w / 2, y: top } };
  }
  const [p, q, r, s] = cubic(a, b, lane);
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 + lane * 22 * 0.75 };
  return { d: `M${at(p)}C${at(q)} ${at(r)} ${at(s)}`, tip: tip(b), middle };
}

/** A line along corners, rounded, that ends in the tip of a wire. */
export function rounded(corners: readonly Point[], radius: number): string {
  const last = corners.at(-1);
  let d = corners[0] ? `M${at(corners[0])}` : '';
  for (let i = 1; i < corners.length - 1; i++) {
    const [a, c, b] = [corners[i - 1], corners[i], corners[i + 1]];
    if (!a || !c || !b) continue;
    const reach = Math.min(radius, Math.hypot(c.x - a.x, c.y - a.y) / 2, Math.hypot(b.x - c.x, b.y - c.y) / 2);
    d += `L${at(toward(c, a, reach))}Q${at(c)} ${at(toward(c, b, reach))}`;
  }
  return last ? `${d}L${at({ x: last.x - 6, y: last.y })}` : d;
}

function toward(from: Point, to: Point, by: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
}

/** The small triangle at the end of a wire. */
export const tip = (b: Point): string =>
  `M${n(b.x - 8)} ${n(b.y - 4.5)}L${n(b.x)} ${n(b.y)}L${n(b.x - 8)} ${n(b.y + 4.5)}z`;

const at = (p: Point): string => `${n(p.x)} ${n(p.y)}`;
const n = (v: number): string => String(Math.round(v * 100) / 100);

/** What a wire says: its route where it has one, else its access, else its protocol. */
export function wireLabel(e: EdgeRecord, verb: (protocol: string) => string): string {
  const path = e.props?.path;
  if (typeof path === 'string') {
    const method = e.props?.method;
    return typeof method === 'string' ? `${method} ${path}` : path;
  }
  return e.access ?? verb(e.protocol);
}

/** Numbers the wires between the same two ports: 0, 1, -1, 2, -2 … */
export function lanes(edges: readonly EdgeRecord[]): Map<string, number> {
  const seen = new Map<string, number>();
  const out = new Map<string, number>();
  for (const e of [...edges].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const key = `${e.from.node}/${e.from.port}/${e.to.node}/${e.to.port}`;
    const i = seen.get(key) ?? 0;
    seen.set(key, i + 1);
    out.set(e.id, i % 2 === 1 ? (i + 1) / 2 : -i / 2);
  }
  return out;
}

/** How far each end of a wire lies from the middle of its port: wires that share a port fan out, those from above on top. */
export function fans(d: Design): Map<ID, { from: number; to: number }> {
  const out = new Map<ID, { from: number; to: number }>();
  const bundles = new Map<string, { id: ID; end: 'from' | 'to'; far: number }[]>();
  for (const e of Object.values(d.edges)) {
    out.set(e.id, { from: 0, to: 0 });
    for (const end of ['from', 'to'] as const) {
      const key = `${end} ${e[end].node} ${e[end].port}`;
      const other = d.nodes[e[end === 'from' ? 'to' : 'from'].node];
      const list = bundles.get(key);
      const one = { id: e.id, end, far: other?.y ?? 0 };
      if (list) list.push(one);
      else bundles.set(key, [one]);
    }
  }
  for (const list of bundles.values()) {
    if (list.length < 2) continue;
    list.sort((a, b) => a.far - b.far || (a.id < b.id ? -1 : 1));
    const step = Math.min(7, fan / (list.length - 1));
    list.forEach(({ id, end }, i) => {
      const off = out.get(id);
      if (off) off[end] = (i - (list.length - 1) / 2) * step;
    });
  }
  return out;
}

/** How wide a bundle may be at a port. */
const fan = 28;
