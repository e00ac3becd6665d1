// Drawing a wire from a port: every other node is judged at once, so that legal targets light up and illegal ones say
// why. A wire may be drawn backwards, from an in port to what should feed it.
import { verdict, type Verdict, type Way } from '../../catalog/connect';
import type { Direction } from '../../catalog/types';
import type { Point } from '../../design/geometry';
import type { Design, ID } from '../../design/types';
import { beyond, type Judge, type Pointer, type World } from './gesture';

export interface Wiring {
  kind: 'connect';
  phase: 'pressed' | 'dragging';
  node: ID;
  port: string;
  dir: Direction;
  /** The wire whose other end this is, where one is led elsewhere. */
  wire: ID | undefined;
  start: Point;
  at: Point;
  /** The verdict on each other node. */
  targets: ReadonlyMap<ID, Verdict>;
  /** What is under the pointer: a node, and its port where the pointer is on one. */
  over: { node: ID; port: string | undefined } | undefined;
  verdict: Verdict | undefined;
}

export function press(w: World, from: { node: ID; port: string; dir: Direction; wire?: ID }, p: Pointer): Wiring {
  const { judge } = w;
  const design = without(w.design, from.wire);
  const targets = new Map<ID, Verdict>();
  for (const id of Object.keys(design.nodes)) {
    if (judge.spec(design.nodes[id]?.kind ?? '').shape === 'node') {
      targets.set(id, judgeTo(design, judge, from, { node: id, port: undefined }));
    }
  }
  return {
    kind: 'connect',
    phase: 'pressed',
    ...from,
    wire: from.wire,
    start: { x: p.x, y: p.y },
    at: { x: p.x, y: p.y },
    targets,
    over: undefined,
    verdict: undefined,
  };
}

export function drag(c: Wiring, p: Pointer, over: Wiring['over'], w: World): Wiring {
  if (c.phase === 'pressed' && !beyond(c.start, p, w.zoom)) return c;
  const on = over && c.targets.has(over.node) && !(over.node === c.node && !over.port) ? over : undefined;
  // On a port the pointer means that port; where it is not legal, the node's other ports still are.
  let v = on?.port ? judgeTo(without(w.design, c.wire), w.judge, c, on) : undefined;
  if (on && (!v || v.ways.length === 0)) v = c.targets.get(on.node);
  return { ...c, phase: 'dragging', at: { x: p.x, y: p.y }, over: on, verdict: v };
}

/** A wire that is led elsewhere is no longer where it was: it neither fills a port nor is it there already. */
function without(d: Design, wire: ID | undefined): Design {
  if (!wire) return d;
  const { [wire]: _, ...edges } = d.edges;
  return { ...d, edges };
}

/** Presses a wire: its nearer end comes into the hand, so the other one is where it hangs. */
export function grab(w: World, wire: ID, p: Pointer): Wiring | null {
  const e = w.design.edges[wire];
  const points = e && w.course(e)?.points;
  const [a, b] = [points?.[0], points?.at(-1)];
  // A wire of a collapsed group hangs at what is not to be seen.
  if (!e?.from.port || !e.to.port || !a || !b) return null;
  const start = Math.hypot(p.x - a.x, p.y - a.y) < Math.hypot(p.x - b.x, p.y - b.y);
  return press(w, start ? { ...e.to, dir: 'in', wire } : { ...e.from, dir: 'out', wire }, p);
}

export type Dropped =
  | { kind: 'nothing' }
  | { kind: 'wire'; from: ID; to: ID; ways: Way[] }
  | { kind: 'refused'; why: string }
  /** On empty canvas: which kinds could be there is asked. */
  | { kind: 'open'; at: Point };

export function drop(c: Wiring): Dropped {
  if (c.phase === 'pressed') return { kind: 'nothing' };
  // An end that is dropped on nothing goes back to where it was.
  if (!c.over && c.wire) return { kind: 'nothing' };
  if (!c.over)
    return Math.hypot(c.at.x - c.start.x, c.at.y - c.start.y) > 60 ? { kind: 'open', at: c.at } : { kind: 'nothing' };
  if (!c.verdict || c.verdict.ways.length === 0) return { kind: 'refused', why: c.verdict?.why ?? '' };
  const [from, to] = c.dir === 'out' ? [c.node, c.over.node] : [c.over.node, c.node];
  return { kind: 'wire', from, to, ways: c.verdict.ways };
}

/** Judges a wire from a port to a node (or one of its ports), in the direction that the first port gives. */
export function judgeTo(
  d: Design,
  judge: Judge,
  from: { node: ID; port: string | undefined; dir: Direction },
  to: { node: ID; port: string | undefined },
): Verdict {
  const place = (id: ID, port: string | undefined) => {
    const n = d.nodes[id];
    return { node: id, name: n?.name ?? id, spec: judge.spec(n?.kind ?? ''), port };
  };
  const a = place(from.node, from.port);
  const b = place(to.node, to.port);
  const edges = Object.values(d.edges);
  const existing = {
    count: (node: string, port: string) =>
      edges.filter((e) => (e.from.node === node && e.from.port === port) || (e.to.node === node && e.to.port === port))
        .length,
    has: (x: string, y: string, w: Way) =>
      edges.some(
        (e) =>
          e.from.node === x &&
          e.to.node === y &&
          e.from.port === w.fromPort &&
          e.to.port === w.toPort &&
          e.protocol === w.protocol &&
          // Routes may be many between the same two: they differ by their path.
          w.protocol !== 'route' &&
          (e.access ?? '') === w.access,
      ),
  };
  return from.dir === 'out' ? verdict(a, b, existing, judge.verb) : verdict(b, a, existing, judge.verb);
}
