// A draft collects changes over a drawing and gives them as one diff: edits never write inverses by hand.
import { applyDiff } from './apply';
import { equal } from './equal';
import type { Change, Design, Diff, EdgeRecord, ID, NodeRecord, SettingRecord } from './types';

class Table<R extends { id: ID }> {
  readonly now: Record<ID, R>;
  private readonly base: Record<ID, R>;
  private readonly touched = new Set<ID>();

  constructor(base: Record<ID, R>) {
    this.base = base;
    this.now = { ...base };
  }

  put(r: R): void {
    this.now[r.id] = r;
    this.touched.add(r.id);
  }

  drop(id: ID): void {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy of our own
    delete this.now[id];
    this.touched.add(id);
  }

  change(): Change<R> | undefined {
    const out: Change<R> = {};
    for (const id of [...this.touched].sort()) {
      const before = this.base[id];
      const after = this.now[id];
      if (before && after && !equal(before, after)) (out.updated ??= {})[id] = { before, after };
      else if (!before && after) (out.added ??= {})[id] = after;
      else if (before && !after) (out.removed ??= {})[id] = before;
    }
    return Object.keys(out).length > 0 ? out : undefined;
  }
}

export class Draft {
  readonly nodes: Table<NodeRecord>;
  readonly edges: Table<EdgeRecord>;
  readonly settings: Table<SettingRecord>;

  constructor(design: Design) {
    this.nodes = new Table(design.nodes);
    this.edges = new Table(design.edges);
    this.settings = new Table(design.settings);
  }

  diff(): Diff {
    const out: Diff = {};
    const nodes = this.nodes.change();
    const edges = this.edges.change();
    const settings = this.settings.change();
    if (nodes) out.nodes = nodes;
    if (edges) out.edges = edges;
    if (settings) out.settings = settings;
    return out;
  }
}

/** Several edits, each made on what the one before it left, as one diff: one undo step. */
export function together(d: Design, ...edits: ((d: Design) => Diff)[]): Diff {
  const draft = new Draft(d);
  let now = d;
  for (const edit of edits) {
    const diff = edit(now);
    take(draft.nodes, diff.nodes);
    take(draft.edges, diff.edges);
    take(draft.settings, diff.settings);
    now = applyDiff(now, diff);
  }
  return draft.diff();
}

function take<R extends { id: ID }>(t: Table<R>, c: Change<R> | undefined): void {
  for (const id of Object.keys(c?.removed ?? {})) t.drop(id);
  for (const p of Object.values(c?.updated ?? {})) t.put(p.after);
  for (const r of Object.values(c?.added ?? {})) t.put(r);
}
