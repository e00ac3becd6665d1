// Questions to a drawing.
import { rectOf } from './geometry';
import { type Design, type EdgeRecord, type ID, isFolded, type NodeRecord } from './types';

/** The node and everything that lies in it, at any depth. */
export function withContents(d: Design, ids: Iterable<ID>): Set<ID> {
  const out = new Set(ids);
  for (let grew = true; grew;) {
    grew = false;
    for (const n of Object.values(d.nodes)) {
      if (n.parent && out.has(n.parent) && !out.has(n.id)) {
        out.add(n.id);
        grew = true;
      }
    }
  }
  return out;
}

/** The groups around a node, innermost first. */
export function ancestors(d: Design, id: ID): ID[] {
  const out: ID[] = [];
  for (let p = d.nodes[id]?.parent; p && !out.includes(p); p = d.nodes[p]?.parent) out.push(p);
  return out;
}

export const edgesOf = (d: Design, ids: ReadonlySet<ID>): EdgeRecord[] =>
  Object.values(d.edges).filter((e) => ids.has(e.from.node) || ids.has(e.to.node));

/** Reading order: by row, then from left to right, then by id. A row is as high as a box. */
export function readingOrder(nodes: Iterable<NodeRecord>): NodeRecord[] {
  return [...nodes].sort((a, b) => {
    const rows = Math.round(a.y / 48) - Math.round(b.y / 48);
    return rows || a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1);
  });
}

/** The nodes that are wired to a node: from it (1) or to it (-1). */
export function neighbours(d: Design, id: ID, direction: 1 | -1): ID[] {
  const out = new Set<ID>();
  for (const e of Object.values(d.edges)) {
    if (direction === 1 && e.from.node === id) out.add(e.to.node);
    if (direction === -1 && e.to.node === id) out.add(e.from.node);
  }
  return [...out].sort();
}

/** All nodes reached along the wires in one direction, the start included. */
export function reach(d: Design, start: Iterable<ID>, direction: 1 | -1): Set<ID> {
  const out = new Set(start);
  const todo = [...out];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const n of neighbours(d, id, direction)) {
      if (!out.has(n)) {
        out.add(n);
        todo.push(n);
      }
    }
  }
  return out;
}

/** The innermost group (of those that isGroup names) under a point, without the excluded ones. */
export function groupAt(
  d: Design,
  p: { x: number; y: number },
  isGroup: (kind: string) => boolean,
  without: ReadonlySet<ID> = new Set(),
): ID | undefined {
  let best: NodeRecord | undefined;
  for (const n of Object.values(d.nodes)) {
    if (!isGroup(n.kind) || isFolded(n) || without.has(n.id)) continue;
    const r = rectOf(n);
    if (p.x < r.x || p.y < r.y || p.x > r.x + r.w || p.y > r.y + r.h) continue;
    if (!best || r.w * r.h < rectOf(best).w * rectOf(best).h) best = n;
  }
  return best?.id;
}
