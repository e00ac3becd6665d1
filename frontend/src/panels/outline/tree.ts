// The drawing as a tree: groups hold nodes and groups, nodes hold the wires that go out of them.
import { ancestors, readingOrder } from '../../design/select';
import type { Design, EdgeRecord, ID, NodeRecord } from '../../design/types';

/** One line of the outline, as ARIA counts: level and place from 1. */
export interface Line {
  id: ID;
  kind: 'group' | 'node' | 'wire';
  level: number;
  place: number;
  of: number;
  /** undefined where there is nothing to open. */
  open: boolean | undefined;
  /** The line that it lies in, "" at the top. */
  parent: ID;
}

/** What a person has opened and closed; whatever they left alone is open where it is a group. */
export type Opened = ReadonlyMap<ID, boolean>;

/** The lines that are to be seen. */
export function outline(d: Design, isGroup: (kind: string) => boolean, opened: Opened): Line[] {
  const inside = new Map<ID, NodeRecord[]>();
  for (const n of Object.values(d.nodes)) {
    const parent = n.parent && d.nodes[n.parent] ? n.parent : '';
    inside.set(parent, [...(inside.get(parent) ?? []), n]);
  }
  const out = new Map<ID, EdgeRecord[]>();
  for (const e of Object.values(d.edges)) out.set(e.from.node, [...(out.get(e.from.node) ?? []), e]);
  const order = new Map(readingOrder(Object.values(d.nodes)).map((n, i) => [n.id, i]));
  const place = (id: ID): number => order.get(id) ?? 0;

  const lines: Line[] = [];
  const walk = (parent: ID, level: number): void => {
    const nodes = (inside.get(parent) ?? []).sort((a, b) => place(a.id) - place(b.id));
    const wires = (out.get(parent) ?? []).sort((a, b) => place(a.to.node) - place(b.to.node) || (a.id < b.id ? -1 : 1));
    const of = nodes.length + wires.length;
    let n = 0;
    for (const w of wires) lines.push({ id: w.id, kind: 'wire', level, place: ++n, of, open: undefined, parent });
    for (const r of nodes) {
      const group = isGroup(r.kind);
      const full = (inside.get(r.id)?.length ?? 0) + (out.get(r.id)?.length ?? 0) > 0;
      const open = full ? (opened.get(r.id) ?? group) : undefined;
      lines.push({ id: r.id, kind: group ? 'group' : 'node', level, place: ++n, of, open, parent });
      if (open) walk(r.id, level + 1);
    }
  };
  walk('', 1);
  return lines;
}

/** What has to be open for a record to be seen. */
export function above(d: Design, id: ID): ID[] {
  const wire = d.edges[id];
  return wire ? [wire.from.node, ...ancestors(d, wire.from.node)] : ancestors(d, id);
}

export type Step = { go: ID } | { open: ID } | { close: ID } | null;

/** What a key does in the tree (https://www.w3.org/WAI/ARIA/apg/patterns/treeview/). */
export function step(lines: readonly Line[], at: ID, key: string): Step {
  const i = lines.findIndex((l) => l.id === at);
  const line = lines[i];
  const go = (l: Line | undefined): Step => (l ? { go: l.id } : null);
  switch (key) {
    case 'ArrowDown':
      return go(lines[i + 1]);
    case 'ArrowUp':
      return go(i < 0 ? lines.at(-1) : lines[i - 1]);
    case 'Home':
      return go(lines[0]);
    case 'End':
      return go(lines.at(-1));
    case 'ArrowRight':
      if (line?.open === false) return { open: line.id };
      return line?.open ? go(lines[i + 1]) : null;
    case 'ArrowLeft':
      if (line?.open) return { close: line.id };
      return line?.parent ? { go: line.parent } : null;
    default:
      return null;
  }
}

/** The next line that begins with what was typed. */
export function typed(lines: readonly Line[], at: ID, letters: string, name: (l: Line) => string): ID | null {
  const i = lines.findIndex((l) => l.id === at);
  // One letter goes on to the next; more of them stay while they fit.
  const from = letters.length > 1 ? Math.max(0, i) : i + 1;
  const order = [...lines.slice(from), ...lines.slice(0, from)];
  return order.find((l) => name(l).toLowerCase().startsWith(letters.toLowerCase()))?.id ?? null;
}
