// What can hang at the end of a wire: nodes that are there, and kinds that could be.
import type { Way } from '../catalog/connect';
import type { Spec } from '../catalog/types';
import { readingOrder } from '../design/select';
import type { NodeRecord } from '../design/types';
import type { Board, Loose } from './board';
import { judgeTo } from './gestures/connect';

export type Choice = { kind: 'node'; node: NodeRecord; way: Way } | { kind: 'kind'; spec: Spec; way: Way | null };

/** Every choice that matches a query, nodes before kinds, each with the way that the wire would go. */
export function choices(b: Board, from: Loose | null, others: boolean, query: string): Choice[] {
  const { shelf } = b.session;
  const kinds = shelf.search(query);
  if (!from) return kinds.map((spec) => ({ kind: 'kind', spec, way: null }));
  const out: Choice[] = [];
  const d = b.design;
  if (others) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    for (const node of readingOrder(Object.values(d.nodes))) {
      const text = `${node.name} ${shelf.spec(node.kind).title}`.toLowerCase();
      if (node.id === from.node || !words.every((w) => text.includes(w))) continue;
      const [way] = judgeTo(d, b.judge, from, { node: node.id, port: undefined }).ways;
      if (way) out.push({ kind: 'node', node, way });
    }
  }
  for (const spec of kinds) {
    // The kind is judged as if one of it stood on the board already.
    const stand = { id: ' ', kind: spec.id, name: spec.title, x: 0, y: 0 };
    const [way] = judgeTo({ ...d, nodes: { ...d.nodes, ' ': stand } }, b.judge, from, {
      node: ' ',
      port: undefined,
    }).ways;
    if (way) out.push({ kind: 'kind', spec, way });
  }
  return out;
}
