import type { Design, ID } from '../../design/types';

/** What people call a record: a node's name, or the two names of a wire. */
export function nameOf(d: Design, id: ID): string {
  const n = d.nodes[id];
  if (n) return n.name;
  const e = d.edges[id];
  return e ? `${d.nodes[e.from.node]?.name ?? e.from.node} → ${d.nodes[e.to.node]?.name ?? e.to.node}` : '';
}

/** What a finding says, where the record's name stands beside it already. */
export const without = (name: string, message: string): string =>
  name !== '' && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
