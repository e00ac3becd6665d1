// Edits that keep a chain of wires whole: a node comes into a wire, a node leaves its wires, an end goes elsewhere.
// Which joins are legal is the caller's knowledge: they come in as ways.
import { Draft } from './draft';
import { connect } from './edits';
import type { Design, Diff, EdgeRecord, ID, NodeRecord } from './types';

/** One way to join an out port with an in port. */
export interface Join {
  fromPort: string;
  toPort: string;
  protocol: string;
  access: string;
}

/** Puts a node into a wire: it goes, two come. What the wire said stays with the half that speaks its protocol. */
export function splice(d: Design, wire: ID, node: ID, first: Join, second: Join): Diff {
  const e = d.edges[wire];
  if (!e) return {};
  const draft = new Draft(d);
  draft.edges.drop(wire);
  const keeper = first.protocol === e.protocol ? first : second.protocol === e.protocol ? second : undefined;
  for (const j of [first, second]) {
    const [from, to] = j === first ? [e.from.node, node] : [node, e.to.node];
    join(draft, from, to, j, j === keeper ? e.props : undefined);
  }
  return draft.diff();
}

/** How the start of one wire and the end of another are joined in a drawing; null where nothing is legal. */
export type Heal = (from: EdgeRecord, to: EdgeRecord, d: Design) => Join | null;

/**
 * Joins what the removed nodes joined: each wire into them with each wire out of them that a way leads to through them.
 * removed must be gone from the drawing already; before is the drawing with them.
 */
export function heal(d: Design, before: Design, removed: ReadonlySet<ID>, way: Heal): Diff {
  const edges = Object.values(before.edges);
  const draft = new Draft(d);
  const seen = (): Design => ({ ...d, edges: draft.edges.now });
  const done = new Set<string>();
  for (const into of edges) {
    if (removed.has(into.from.node) || !removed.has(into.to.node)) continue;
    for (const out of outOf(edges, into.to.node, removed)) {
      if (out.to.node === into.from.node) continue;
      const pair = `${into.from.node} ${out.to.node}`;
      if (done.has(pair)) continue;
      done.add(pair);
      const j = way(into, out, seen());
      if (!j) continue;
      const props = j.protocol === into.protocol ? into.props : j.protocol === out.protocol ? out.props : undefined;
      join(draft, into.from.node, out.to.node, j, props);
    }
  }
  return draft.diff();
}

/** The wires that leave the removed nodes which a removed node leads to. */
function outOf(edges: readonly EdgeRecord[], start: ID, removed: ReadonlySet<ID>): EdgeRecord[] {
  const reached = new Set([start]);
  const out: EdgeRecord[] = [];
  for (const id of reached) {
    for (const e of edges) {
      if (e.from.node !== id) continue;
      if (removed.has(e.to.node)) reached.add(e.to.node);
      else out.push(e);
    }
  }
  return out;
}

/** Leads a wire's end to another port. It stays the wire that it was; what it said stays where its protocol does. */
export function reconnect(d: Design, wire: ID, from: ID, to: ID, j: Join): Diff {
  const e = d.edges[wire];
  const draft = new Draft(d);
  if (!e) return {};
  const after: EdgeRecord = {
    id: e.id,
    from: { node: from, port: j.fromPort },
    to: { node: to, port: j.toPort },
    protocol: j.protocol,
  };
  if (j.access) after.access = j.access;
  if (e.props && j.protocol === e.protocol) after.props = e.props;
  draft.edges.put(after);
  return draft.diff();
}

function join(draft: Draft, from: ID, to: ID, j: Join, props: NodeRecord['props']): void {
  const d: Design = { revision: 0, nodes: draft.nodes.now, edges: draft.edges.now, settings: draft.settings.now };
  const { diff } = connect(d, {
    from: { node: from, port: j.fromPort },
    to: { node: to, port: j.toPort },
    protocol: j.protocol,
    access: j.access,
    ...(props ? { props } : {}),
  });
  for (const e of Object.values(diff.edges?.added ?? {})) draft.edges.put(e);
}
