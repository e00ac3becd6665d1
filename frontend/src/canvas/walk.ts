// Travelling through the drawing by keyboard: from node to node in reading order, and along the wires.
import { neighbours, readingOrder } from '../design/select';
import type { Design, EdgeRecord, ID } from '../design/types';

/** The node after (1) or before (-1) a record in reading order; from nowhere the first or last; null at the end. */
export function next(d: Design, from: ID, by: 1 | -1): ID | null {
  const order = readingOrder(Object.values(d.nodes));
  const wire = d.edges[from];
  const i = order.findIndex((n) => n.id === (wire?.from.node ?? from));
  if (i < 0) return (by === 1 ? order[0] : order.at(-1))?.id ?? null;
  return order[i + by]?.id ?? null;
}

export type Along = 'right' | 'left' | 'up' | 'down';

/**
 * Along the wires: right from a node is its first wire out, right from a wire the node at its end; left the other way.
 * Up and down pass through the wires of the same node, or through the nodes that the same neighbour is wired to.
 */
export function along(d: Design, from: ID, to: Along): ID | null {
  const wire = d.edges[from];
  if (wire) {
    if (to === 'right') return wire.to.node;
    if (to === 'left') return wire.from.node;
    const outs = wires(d, wire.from.node, 1);
    return step(outs.length > 1 ? outs : wires(d, wire.to.node, -1), from, to);
  }
  if (to === 'right') return wires(d, from, 1)[0] ?? null;
  if (to === 'left') return wires(d, from, -1)[0] ?? null;
  const before = neighbours(d, from, -1)[0];
  const after = neighbours(d, from, 1)[0];
  const siblings = before ? neighbours(d, before, 1) : after ? neighbours(d, after, -1) : [];
  return step(
    readingOrder(siblings.flatMap((id) => d.nodes[id] ?? [])).map((n) => n.id),
    from,
    to,
  );
}

function step(ids: readonly ID[], from: ID, to: 'up' | 'down'): ID | null {
  if (ids.length < 2) return null;
  const i = ids.indexOf(from);
  return ids[(i + (to === 'down' ? 1 : -1) + ids.length) % ids.length] ?? null;
}

/** The wires out of (1) or into (-1) a node, by where their other ends lie. */
function wires(d: Design, id: ID, direction: 1 | -1): ID[] {
  const other = (e: EdgeRecord): ID => (direction === 1 ? e.to.node : e.from.node);
  const mine = Object.values(d.edges).filter((e) => (direction === 1 ? e.from.node : e.to.node) === id);
  const place = new Map(readingOrder(Object.values(d.nodes)).map((n, i) => [n.id, i]));
  return mine
    .sort((a, b) => (place.get(other(a)) ?? 0) - (place.get(other(b)) ?? 0) || (a.id < b.id ? -1 : 1))
    .map((e) => e.id);
}
