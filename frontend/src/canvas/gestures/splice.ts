// A node over a wire: dropped there it comes into the wire, where both new joins are legal. Whoever holds Ctrl means the
// place alone.
import type { Way } from '../../catalog/connect';
import { centre, distance, passes, type Rect, touches } from '../../design/geometry';
import type { Design, EdgeRecord, ID, NodeRecord } from '../../design/types';
import { judgeTo } from './connect';
import type { Judge, World } from './gesture';

export interface Splice {
  wire: ID;
  first: Way;
  second: Way;
}

/** The wire that a node at a rectangle would come into; undefined for none. */
export function under(w: World, node: NodeRecord, r: Rect): Splice | undefined {
  const { design: d, course, judge } = w;
  const c = centre(r);
  const core = { x: c.x - r.w / 4, y: c.y - r.h / 4, w: r.w / 2, h: r.h / 2 };
  const near: { e: EdgeRecord; away: number }[] = [];
  for (const e of Object.values(d.edges)) {
    if (e.from.node === node.id || e.to.node === node.id) continue;
    const run = course(e);
    if (!run || !touches(grown(run.box), core)) continue;
    if (passes(run.points, core)) near.push({ e, away: distance(run.points, c) });
  }
  near.sort((a, b) => a.away - b.away);
  for (const { e } of near) {
    const s = into(d, node, e, judge);
    if (s) return s;
  }
  return undefined;
}

/** How a node comes into a wire, undefined where one of the joins is not legal. The wire itself is out of the way then. */
export function into(d: Design, node: NodeRecord, e: EdgeRecord, judge: Judge): Splice | undefined {
  const { [e.id]: _, ...edges } = d.edges;
  const seen = { ...d, nodes: { ...d.nodes, [node.id]: node }, edges };
  const there = { node: node.id, port: undefined };
  const first = like(judgeTo(seen, judge, { ...e.from, dir: 'out' }, there).ways, [e]);
  const second = like(judgeTo(seen, judge, { ...e.to, dir: 'in' }, there).ways, [e]);
  return first && second && { wire: e.id, first, second };
}

/** Of several ways the one that says what these wires said: protocol and access, then protocol, then the default. */
export function like(ways: readonly Way[], wires: readonly EdgeRecord[]): Way | undefined {
  for (const e of wires) {
    const same = ways.filter((w) => w.protocol === e.protocol);
    const way = same.find((w) => w.access === (e.access ?? '')) ?? same[0];
    if (way) return way;
  }
  return ways[0];
}

// Straight lines have boxes without height: they are touched nevertheless.
const grown = (r: Rect): Rect => ({ x: r.x - 1, y: r.y - 1, w: r.w + 2, h: r.h + 2 });
