// Collapsed groups: what the canvas shows of a drawing. A collapsed group is one box, what lies in it is not there, and its
// wires go to the box. The drawing itself stays whole: edits are made on that.
import { boxHeight, boxWidth } from './geometry';
import { ancestors } from './select';
import type { Design, EdgeRecord, Folded, ID, NodeRecord } from './types';

/** The property that says that a group is collapsed: the kind has it as a field, so that it is undone and saved like any. */
export const foldField = 'collapsed';

/** Gives a function from drawings to what is shown of them. The same record gives the same record again. */
export function folder(isGroup: (kind: string) => boolean): (d: Design) => Shown {
  let last: { of: Design; shown: Shown } | null = null;
  const groups = new WeakMap<NodeRecord, Folded>();
  const wires = new WeakMap<EdgeRecord, EdgeRecord>();
  const collapsed = (n: NodeRecord): boolean => n.props?.[foldField] === true && isGroup(n.kind);

  return (d) => {
    if (last?.of === d) return last.shown;
    const some = Object.values(d.nodes).some(collapsed);
    const shown = some ? fold(d) : { design: d, hidden: none };
    last = { of: d, shown };
    return shown;
  };

  function fold(d: Design): Shown {
    const hidden = new Map<ID, ID>();
    const holds = new Map<ID, number>();
    for (const n of Object.values(d.nodes)) {
      const outermost = ancestors(d, n.id)
        .filter((a) => d.nodes[a] && collapsed(d.nodes[a]))
        .at(-1);
      if (!outermost) continue;
      hidden.set(n.id, outermost);
      if (!isGroup(n.kind)) holds.set(outermost, (holds.get(outermost) ?? 0) + 1);
    }
    const nodes: Record<ID, NodeRecord> = {};
    for (const n of Object.values(d.nodes)) {
      if (hidden.has(n.id)) continue;
      nodes[n.id] = collapsed(n) ? box(n, holds.get(n.id) ?? 0) : n;
    }
    const edges: Record<ID, EdgeRecord> = {};
    for (const e of Object.values(d.edges)) {
      const from = hidden.get(e.from.node);
      const to = hidden.get(e.to.node);
      if (from && from === to) continue;
      edges[e.id] = from || to ? led(e, from, to) : e;
    }
    return { design: { ...d, nodes, edges }, hidden };
  }

  function box(n: NodeRecord, holds: number): Folded {
    const known = groups.get(n);
    if (known?.holds === holds) return known;
    const made = { ...n, w: boxWidth, h: boxHeight, holds };
    groups.set(n, made);
    return made;
  }

  function led(e: EdgeRecord, from: ID | undefined, to: ID | undefined): EdgeRecord {
    const known = wires.get(e);
    if (known && known.from.node === (from ?? e.from.node) && known.to.node === (to ?? e.to.node)) return known;
    const made = { ...e, from: from ? { node: from, port: '' } : e.from, to: to ? { node: to, port: '' } : e.to };
    wires.set(e, made);
    return made;
  }
}

export interface Shown {
  design: Design;
  /** What is not shown → the collapsed group that stands for it. */
  hidden: ReadonlyMap<ID, ID>;
}

const none: ReadonlyMap<ID, ID> = new Map();
