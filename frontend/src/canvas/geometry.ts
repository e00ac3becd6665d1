// Where ports sit and how wires run. backend/diagram draws the same curves.
import type { Direction, Spec } from '../catalog/types';
import { type Point, type Rect, rectOf } from '../design/geometry';
import type { EdgeRecord, NodeRecord } from '../design/types';

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

/** A cubic curve that leaves and arrives horizontally. lane bends parallel wires apart; a wire to its own node runs over it. */
export function curve(a: Point, b: Point, lane: number, own?: Rect): Curve {
  const tip = `M${n(b.x - 8)} ${n(b.y - 4.5)}L${n(b.x)} ${n(b.y)}L${n(b.x - 8)} ${n(b.y + 4.5)}z`;
  if (own) {
    const top = own.y - 28 - lane * 14;
    const d = `M${n(a.x)} ${n(a.y)}C${n(a.x + 56)} ${n(a.y)} ${n(a.x + 56)} ${n(top)} ${n(own.x + own.w / 2)} ${n(top)}S${n(b.x - 56)} ${n(b.y)} ${n(b.x - 6)} ${n(b.y)}`;
    return { d, tip, middle: { x: own.x + own.w / 2, y: top } };
  }
  const bend = Math.max(40, Math.abs(b.x - a.x) / 2);
  const shift = lane * 22;
  const end = b.x - 6;
  const d = `M${n(a.x)} ${n(a.y)}C${n(a.x + bend)} ${n(a.y + shift)} ${n(b.x - bend)} ${n(b.y + shift)} ${n(end)} ${n(b.y)}`;
  return { d, tip, middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 + shift * 0.75 } };
}

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
