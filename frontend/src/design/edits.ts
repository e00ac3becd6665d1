// The edits of a drawing as functions: design in, diff out. Each is one undo step.
import { Draft } from './draft';
import { boundsOf, type Point, rectOf } from './geometry';
import { edgeID, freeID, freeName, slug } from './ids';
import { ancestors, withContents } from './select';
import type { Design, Diff, EdgeRecord, End, ID, NodeRecord, Props } from './types';

export interface NewNode {
  kind: string;
  /** Wanted name; a number is appended where it is taken. */
  name: string;
  x: number;
  y: number;
  w?: number;
  h?: number;
  z?: number;
  parent?: ID | undefined;
  props?: Props;
}

/** A wire to be made. */
export interface NewEdge {
  from: End;
  to: End;
  protocol: string;
  access?: string;
  props?: Props;
}

/** Adds a node and gives its id. */
export function addNode(d: Design, n: NewNode): { diff: Diff; id: ID } {
  const draft = new Draft(d);
  const id = putNode(draft, n);
  return { diff: draft.diff(), id };
}

function putNode(draft: Draft, n: NewNode): ID {
  const now = draft.nodes.now;
  const name = freeName(
    n.name,
    Object.values(now).map((o) => o.name),
  );
  const id = freeID(slug(name, slug(n.kind.replace(/^.*\./, ''))), [
    ...Object.keys(now),
    ...Object.keys(draft.edges.now),
  ]);
  const record: NodeRecord = { id, kind: n.kind, name, x: n.x, y: n.y };
  if (n.w) record.w = n.w;
  if (n.h) record.h = n.h;
  if (n.z) record.z = n.z;
  if (n.parent) record.parent = n.parent;
  if (n.props && Object.keys(n.props).length > 0) record.props = n.props;
  draft.nodes.put(record);
  return id;
}

function putEdge(draft: Draft, e: NewEdge): ID {
  const id = edgeID(e.from.node, e.to.node, [...Object.keys(draft.edges.now), ...Object.keys(draft.nodes.now)]);
  const record: EdgeRecord = { id, from: e.from, to: e.to, protocol: e.protocol };
  if (e.access) record.access = e.access;
  if (e.props && Object.keys(e.props).length > 0) record.props = e.props;
  draft.edges.put(record);
  return id;
}

/** Wires two ports. */
export function connect(d: Design, e: NewEdge): { diff: Diff; id: ID } {
  const draft = new Draft(d);
  const id = putEdge(draft, e);
  return { diff: draft.diff(), id };
}

/** Adds a node together with a wire to or from it: one undo step. The end that is the new node's names it "". */
export function addWired(d: Design, n: NewNode, e: NewEdge): { diff: Diff; id: ID } {
  const draft = new Draft(d);
  const id = putNode(draft, n);
  const end = (x: End): End => (x.node === '' ? { ...x, node: id } : x);
  putEdge(draft, { ...e, from: end(e.from), to: end(e.to) });
  return { diff: draft.diff(), id };
}

/**
 * Moves nodes by an offset; what lies in a moved group moves along, locked nodes stay. into says which group the moved
 * nodes lie in now (undefined for none); left out, they keep their groups.
 */
export function moveNodes(d: Design, ids: Iterable<ID>, by: Point, into?: (n: NodeRecord) => ID | undefined): Diff {
  const draft = new Draft(d);
  const roots = new Set(ids);
  for (const id of withContents(d, roots)) {
    const n = d.nodes[id];
    if (!n || n.locked) continue;
    let after: NodeRecord = { ...n, x: n.x + by.x, y: n.y + by.y };
    const inMoved = ancestors(d, id).some((a) => roots.has(a));
    if (into && !inMoved) after = withParent(after, into(after));
    draft.nodes.put(after);
  }
  return draft.diff();
}

function withParent(n: NodeRecord, parent: ID | undefined): NodeRecord {
  const { parent: _, ...rest } = n;
  return parent && parent !== n.id ? { ...rest, parent } : rest;
}

/** Gives a group or a note another place and size. */
export function resizeNode(d: Design, id: ID, to: { x: number; y: number; w: number; h: number }): Diff {
  const n = d.nodes[id];
  const draft = new Draft(d);
  if (n) draft.nodes.put({ ...n, ...to });
  return draft.diff();
}

/** Removes nodes with what lies in them and every wire that touches them, and the named wires. */
export function remove(d: Design, ids: Iterable<ID>): Diff {
  const draft = new Draft(d);
  const wanted = [...ids];
  const nodes = withContents(
    d,
    wanted.filter((id) => d.nodes[id] && !d.nodes[id].locked),
  );
  for (const id of nodes) draft.nodes.drop(id);
  for (const id of wanted) if (d.edges[id]) draft.edges.drop(id);
  for (const e of Object.values(d.edges)) {
    if (nodes.has(e.from.node) || nodes.has(e.to.node)) draft.edges.drop(e.id);
  }
  return draft.diff();
}

/** Renames a node; its id stays, so that nothing that is deployed is replaced. */
export function rename(d: Design, id: ID, name: string): Diff {
  const n = d.nodes[id];
  const draft = new Draft(d);
  if (n && name.trim() !== '') draft.nodes.put({ ...n, name: name.trim() });
  return draft.diff();
}

/** Sets one field of nodes or wires; undefined takes it away, so that its default counts. */
export function setField(d: Design, ids: Iterable<ID>, field: string, value: unknown): Diff {
  const draft = new Draft(d);
  for (const id of ids) {
    const n = d.nodes[id];
    const e = d.edges[id];
    if (n) draft.nodes.put(withField(n, field, value));
    else if (e) draft.edges.put(withField(e, field, value));
  }
  return draft.diff();
}

/** Sets nodes up as another is: its values replace theirs, except where keep says that a value is a node's own. */
export function setUp(d: Design, ids: Iterable<ID>, props: Props, keep: (field: string) => boolean): Diff {
  const draft = new Draft(d);
  const given = Object.entries(props).filter(([f]) => !keep(f));
  for (const id of ids) {
    const n = d.nodes[id];
    if (!n) continue;
    const { props: now, ...rest } = n;
    const after: Props = Object.fromEntries([...Object.entries(now ?? {}).filter(([f]) => keep(f)), ...given]);
    draft.nodes.put(Object.keys(after).length > 0 ? { ...rest, props: after } : rest);
  }
  return draft.diff();
}

function withField<R extends { props?: Props }>(r: R, field: string, value: unknown): R {
  const props: Props = { ...r.props };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a fresh copy
  if (value === undefined) delete props[field];
  else props[field] = value;
  const { props: _, ...rest } = r;
  return (Object.keys(props).length > 0 ? { ...rest, props } : rest) as R;
}

/** Gives a wire another protocol or access. */
export function setWire(d: Design, id: ID, protocol: string, access: string): Diff {
  const e = d.edges[id];
  const draft = new Draft(d);
  if (e) {
    const { access: _, ...rest } = e;
    draft.edges.put(access ? { ...rest, protocol, access } : { ...rest, protocol });
  }
  return draft.diff();
}

/** Locks or unlocks nodes: locked ones are neither moved nor removed. */
export function setLocked(d: Design, ids: Iterable<ID>, locked: boolean): Diff {
  const draft = new Draft(d);
  for (const id of ids) {
    const n = d.nodes[id];
    if (!n) continue;
    const { locked: _, ...rest } = n;
    draft.nodes.put(locked ? { ...rest, locked } : rest);
  }
  return draft.diff();
}

const groupPadding = 32;
const groupHeader = 40;

/** Puts a group around nodes. The new group lies in the group that all of them share, if any. */
export function group(d: Design, ids: Iterable<ID>, kind: string, name: string): { diff: Diff; id: ID } | null {
  const chosen = new Set([...ids].filter((id) => d.nodes[id]));
  const members = [...chosen].filter((id) => !ancestors(d, id).some((a) => chosen.has(a)));
  const box = boundsOf(d, members);
  if (!box || members.length === 0) return null;
  const parents = new Set(members.map((id) => d.nodes[id]?.parent));
  const draft = new Draft(d);
  const id = putNode(draft, {
    kind,
    name,
    x: box.x - groupPadding,
    y: box.y - groupHeader,
    w: box.w + 2 * groupPadding,
    h: box.h + groupHeader + groupPadding,
    parent: parents.size === 1 ? [...parents][0] : undefined,
  });
  for (const m of members) {
    const n = d.nodes[m];
    if (n) draft.nodes.put({ ...n, parent: id });
  }
  return { diff: draft.diff(), id };
}

/** Takes groups away and leaves what lies in them, in the group around. */
export function ungroup(d: Design, ids: Iterable<ID>): Diff {
  const draft = new Draft(d);
  for (const id of ids) {
    const g = d.nodes[id];
    if (!g) continue;
    for (const n of Object.values(draft.nodes.now)) {
      if (n.parent === id) draft.nodes.put(withParent(n, g.parent));
    }
    draft.nodes.drop(id);
  }
  return draft.diff();
}

/** A part of a drawing, as it travels through the clipboard. */
export interface Fragment {
  airloom: 1;
  nodes: NodeRecord[];
  edges: EdgeRecord[];
}

/** Copies nodes with what lies in them and the wires among them. */
export function copy(d: Design, ids: Iterable<ID>): Fragment {
  const all = withContents(
    d,
    [...ids].filter((id) => d.nodes[id]),
  );
  return {
    airloom: 1,
    nodes: [...all].sort().flatMap((id) => d.nodes[id] ?? []),
    edges: Object.values(d.edges).filter((e) => all.has(e.from.node) && all.has(e.to.node)),
  };
}

/**
 * Pastes a fragment with new ids and names: moved by an offset, or with its middle at a point. into says which group a
 * node lies in now that lies in no pasted one. Gives the new ids of those nodes.
 */
export function paste(
  d: Design,
  f: Fragment,
  where: { by: Point } | { at: Point },
  into?: (n: NodeRecord) => ID | undefined,
): { diff: Diff; ids: ID[] } {
  const draft = new Draft(d);
  const rects = f.nodes.map(rectOf);
  const box = {
    x: Math.min(...rects.map((r) => r.x)),
    y: Math.min(...rects.map((r) => r.y)),
    x2: Math.max(...rects.map((r) => r.x + r.w)),
    y2: Math.max(...rects.map((r) => r.y + r.h)),
  };
  const by =
    'by' in where
      ? where.by
      : { x: Math.round(where.at.x - (box.x + box.x2) / 2), y: Math.round(where.at.y - (box.y + box.y2) / 2) };
  const ids = new Map<ID, ID>();
  for (const n of f.nodes) {
    const { id, parent: _, ...rest } = n;
    ids.set(id, putNode(draft, { ...rest, x: n.x + by.x, y: n.y + by.y }));
  }
  for (const n of f.nodes) {
    const fresh = draft.nodes.now[ids.get(n.id) ?? ''];
    if (!fresh) continue;
    const parent = ids.get(n.parent ?? '') ?? into?.(fresh);
    if (parent) draft.nodes.put({ ...fresh, parent });
  }
  for (const e of f.edges) {
    const from = ids.get(e.from.node);
    const to = ids.get(e.to.node);
    if (!from || !to) continue;
    const { id: _, ...rest } = e;
    putEdge(draft, { ...rest, from: { ...e.from, node: from }, to: { ...e.to, node: to } });
  }
  const inside = new Set(f.nodes.map((n) => n.id));
  return {
    diff: draft.diff(),
    ids: f.nodes.filter((n) => !n.parent || !inside.has(n.parent)).map((n) => ids.get(n.id) ?? n.id),
  };
}

/** Reads a fragment from clipboard text; null for anything else. What it holds is checked record by record. */
export function parseFragment(text: string): Fragment | null {
  let v: unknown;
  try {
    v = JSON.parse(text);
  } catch {
    return null;
  }
  const f = v as Partial<Fragment> | null;
  if (f?.airloom !== 1 || !Array.isArray(f.nodes) || !Array.isArray(f.edges) || f.nodes.length === 0) return null;
  const nodes = f.nodes.every(
    (n) =>
      typeof n.id === 'string' &&
      typeof n.kind === 'string' &&
      typeof n.name === 'string' &&
      Number.isFinite(n.x) &&
      Number.isFinite(n.y),
  );
  const edges = f.edges.every(
    (e) => typeof e.from.node === 'string' && typeof e.to.node === 'string' && typeof e.protocol === 'string',
  );
  return nodes && edges ? (f as Fragment) : null;
}
