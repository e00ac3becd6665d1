// What can be done with the drawing, whoever asks: a key, a menu, the palette, a gesture. Each makes one undo step.
import type { Way } from '../catalog/connect';
import type { Spec } from '../catalog/types';
import {
  addNode,
  addWired,
  connect,
  copy,
  group,
  moveNodes,
  type NewNode,
  remove,
  rename,
  resizeNode,
  setField,
  setLocked,
  ungroup,
} from '../design/edits';
import { together } from '../design/draft';
import { foldField } from '../design/fold';
import { boundsOf, centre, grid, type Point, type Rect, rectOf } from '../design/geometry';
import { groupAt } from '../design/select';
import type { ID, NodeRecord } from '../design/types';
import { splice } from '../design/wiring';
import type { Board, Loose } from './board';
import { judgeTo } from './gestures/connect';
import { parentAfter } from './gestures/move';
import { around, freePlace, sizeOf } from './gestures/place';
import type { Splice } from './gestures/splice';
import { drag as dragResize, drop as dropResize, press as pressResize } from './gestures/resize';
import { pasteAt } from './clipboard';
import { along, type Along, next } from './walk';

/** "3 nodes", "1 wire", or the one node's name. */
export function amount(b: Board, ids: readonly ID[]): string {
  const d = b.design;
  const nodes = ids.filter((id) => d.nodes[id]);
  const wires = ids.filter((id) => d.edges[id]);
  if (nodes.length === 1 && wires.length === 0) return d.nodes[nodes[0] ?? '']?.name ?? '';
  const count = (n: number, word: string): string => (n === 0 ? '' : `${String(n)} ${word}${n === 1 ? '' : 's'}`);
  return [count(nodes.length, 'node'), count(wires.length, 'wire')].filter(Boolean).join(' and ');
}

/** A new node as it stands on the board. */
export function newNode(b: Board, spec: Spec, r: Rect): NewNode {
  const sized = spec.shape === 'node' ? {} : { w: r.w, h: r.h };
  return {
    kind: spec.id,
    name: spec.noun,
    x: r.x,
    y: r.y,
    ...sized,
    parent: groupAt(b.design, centre(r), b.world().isGroup),
  };
}

/** Adds a node of a kind at a rectangle, or in a free place in the middle of the window. */
export function add(b: Board, spec: Spec, at?: Rect, onto?: Splice): void {
  settle(b);
  let r = at;
  if (!r) {
    const w = b.view?.window() ?? { x: 0, y: 0, w: 800, h: 600 };
    const taken = Object.values(b.design.nodes).filter((n) => spec.shape === 'group' || !b.world().isGroup(n.kind));
    r = freePlace(spec, centre(w), taken.map(rectOf));
  }
  const made = addNode(b.design, newNode(b, spec, r));
  const { id } = made;
  const name = made.diff.nodes?.added?.[id]?.name ?? '';
  const diff = onto
    ? together(
        b.design,
        () => made.diff,
        (d) => splice(d, onto.wire, id, onto.first, onto.second),
      )
    : made.diff;
  b.edit(diff, `add ${name}${onto ? ' into a wire' : ''}`, [id]);
  b.focus.set(id);
  if (!at) b.view?.reveal(r);
  b.session.say(`Added ${name}, ${spec.title}${onto ? ', into the wire' : ''}`);
}

/** Moves nodes; one that is dropped on a wire comes into it in the same step. */
export function moveTo(b: Board, ids: ID[], by: Point, into: (n: NodeRecord) => ID | undefined, onto?: Splice): void {
  const what = amount(b, ids);
  const [id] = ids;
  if (!onto || !id) {
    b.edit(moveNodes(b.design, ids, by, into), `move ${what}`);
    return;
  }
  const diff = together(
    b.design,
    (d) => moveNodes(d, ids, by, into),
    (d) => splice(d, onto.wire, id, onto.first, onto.second),
  );
  b.edit(diff, `move ${what} into a wire`);
  b.session.say(`${what} is in the wire now`);
}

/** Wires two nodes. */
export function wire(b: Board, from: ID, to: ID, way: Way): void {
  const d = b.design;
  const e = {
    from: { node: from, port: way.fromPort },
    to: { node: to, port: way.toPort },
    protocol: way.protocol,
    access: way.access,
  };
  const { diff, id } = connect(d, e);
  const names = `${d.nodes[from]?.name ?? from} to ${d.nodes[to]?.name ?? to}`;
  b.edit(diff, `wire ${names}`, [id]);
  b.focus.set(id);
  b.session.say(`Wired ${names}: ${b.session.shelf.verb(way.protocol)} ${way.access}`.trim());
}

/** Wires a loose end to a node; asks where there are several ways. */
export function wireTo(b: Board, from: Loose, to: ID, at: Point): void {
  const v = judgeTo(b.design, b.judge, from, { node: to, port: undefined });
  const [source, target] = from.dir === 'out' ? [from.node, to] : [to, from.node];
  const [only] = v.ways;
  if (!only) b.session.say(v.why ?? '');
  else if (v.ways.length === 1) wire(b, source, target, only);
  else b.asking.set({ kind: 'way', at, from: source, to: target, ways: v.ways });
}

/** Adds a node of a kind with a wire to it from a loose end: one undo step. */
export function addAtEnd(b: Board, from: Loose, spec: Spec, way: Way, spot: Point): void {
  const { w } = sizeOf(spec);
  // The wire's end is where the new node's port comes to lie.
  const r = around(spec, { x: spot.x + (from.dir === 'out' ? w / 2 : -w / 2), y: spot.y });
  const fresh = { node: '', port: from.dir === 'out' ? way.toPort : way.fromPort };
  const known = { node: from.node, port: from.dir === 'out' ? way.fromPort : way.toPort };
  const [source, target] = from.dir === 'out' ? [known, fresh] : [fresh, known];
  const edge = { from: source, to: target, protocol: way.protocol, access: way.access };
  const { diff, id } = addWired(b.design, newNode(b, spec, r), edge);
  const name = diff.nodes?.added?.[id]?.name ?? '';
  b.edit(diff, `add ${name} with its wire`, [id]);
  b.focus.set(id);
  b.view?.reveal(r);
  b.session.say(`Added ${name}, ${spec.title}, wired to ${b.design.nodes[from.node]?.name ?? ''}`);
}

/** Asks by keyboard what a node is wired to (out) or from (in). */
export function askWire(b: Board, dir: 'out' | 'in'): void {
  settle(b);
  const node = b.selectedNodes[0];
  if (!node || !b.view) return;
  const r = rectOf(node);
  const edge = { x: dir === 'out' ? r.x + r.w : r.x, y: r.y + r.h / 2 };
  const spot = freePlace(
    { ...b.session.shelf.spec(node.kind), shape: 'node' },
    { x: edge.x + (dir === 'out' ? 220 : -220), y: edge.y },
    Object.values(b.design.nodes)
      .filter((n) => !b.world().isGroup(n.kind))
      .map(rectOf),
  );
  b.asking.set({
    kind: 'target',
    at: b.view.toPage(edge),
    from: { node: node.id, port: undefined, dir },
    spot: { x: dir === 'out' ? spot.x : spot.x + spot.w, y: spot.y + spot.h / 2 },
    others: true,
  });
}

/** Puts nudged nodes down. Whatever comes next sees the drawing as it looks. */
export function settle(b: Board): void {
  const n = b.rest();
  if (!n) return;
  const into = parentAfter(b.world(), n.moving);
  const what = amount(b, [...n.moving]);
  b.edit(moveNodes(b.design, n.moving, n.by, into), `move ${what}`);
  b.session.say(`Moved ${what}`);
}

export function nudge(b: Board, dx: number, dy: number): void {
  const g = b.gesture.get();
  if (g && g.kind !== 'nudge' && g.kind !== 'glide') return;
  const movable = b.selectedNodes.filter((n) => !n.locked).map((n) => n.id);
  if (movable.length === 0 || b.session.readOnly) return;
  const going = g?.kind === 'nudge' ? g : undefined;
  const before = going?.by ?? { x: 0, y: 0 };
  const moving = going?.moving ?? new Set(movable);
  b.nudge({ kind: 'nudge', moving, by: { x: before.x + dx, y: before.y + dy } }, () => {
    settle(b);
  });
}

/** Makes a selected group or note wider or taller from its far corner, never smaller than what lies in it. */
export function stretch(b: Board, dx: number, dy: number): void {
  settle(b);
  const node = b.selectedNodes[0];
  if (!node || b.session.shelf.spec(node.kind).shape === 'node') return;
  const p = { x: 0, y: 0, shift: false, alt: false, ctrl: false };
  const pressed = pressResize(b.world(), node.id, 'se', p);
  const r = pressed && dropResize(dragResize(pressed, { ...p, x: dx, y: dy }));
  if (r) b.edit(resizeNode(b.design, node.id, r), `resize ${node.name}`);
}

export function removeSelected(b: Board): void {
  settle(b);
  const ids = b.selected.filter((id) => b.design.edges[id] ?? !b.design.nodes[id]?.locked);
  if (ids.length === 0) {
    if (b.selected.length > 0) b.session.say('Locked: nothing was deleted');
    return;
  }
  const what = amount(b, ids);
  const before = next(b.design, ids[0] ?? '', -1) ?? next(b.design, ids[0] ?? '', 1) ?? '';
  b.edit(remove(b.design, ids), `delete ${what}`, []);
  b.focus.set(b.design.nodes[before] ? before : '');
  b.takeFocus();
  b.session.say(`Deleted ${what}`);
}

export function duplicate(b: Board): void {
  settle(b);
  const ids = b.selectedNodes.map((n) => n.id);
  if (ids.length > 0)
    pasteAt(b, copy(b.design, ids), { by: { x: 3 * grid, y: 3 * grid } }, `duplicate ${amount(b, ids)}`);
}

export function groupSelected(b: Board): void {
  settle(b);
  const kind = b.session.shelf.kinds.find((k) => k.shape === 'group');
  const made =
    kind &&
    group(
      b.design,
      b.selectedNodes.map((n) => n.id),
      kind.id,
      kind.title,
    );
  if (!made) return;
  b.edit(made.diff, `group ${amount(b, b.selected)}`, [made.id]);
  b.focus.set(made.id);
  b.renaming.set(made.id);
}

export function ungroupSelected(b: Board): void {
  settle(b);
  const groups = b.selectedNodes.filter((n) => b.world().isGroup(n.kind)).map((n) => n.id);
  const inside = Object.values(b.design.nodes).filter((n) => n.parent && groups.includes(n.parent));
  b.edit(
    ungroup(b.design, groups),
    'ungroup',
    inside.map((n) => n.id),
  );
}

/** Collapses the selected groups, or opens them where all are collapsed. */
export function toggleFold(b: Board, ids: readonly ID[]): void {
  settle(b);
  const groups = ids.filter((id) => b.world().isGroup(b.design.nodes[id]?.kind ?? ''));
  if (groups.length === 0) return;
  const closed = groups.every((id) => b.design.nodes[id]?.props?.[foldField] === true);
  const what = amount(b, groups);
  b.edit(setField(b.design, groups, foldField, closed ? undefined : true), `${closed ? 'open' : 'collapse'} ${what}`);
  b.session.say(`${closed ? 'Opened' : 'Collapsed'} ${what}`);
}

export function toggleLock(b: Board): void {
  settle(b);
  const nodes = b.selectedNodes;
  const locked = !nodes.every((n) => n.locked);
  const ids = nodes.map((n) => n.id);
  b.edit(setLocked(b.design, ids, locked), `${locked ? 'lock' : 'unlock'} ${amount(b, ids)}`);
  b.session.say(`${locked ? 'Locked' : 'Unlocked'} ${amount(b, ids)}`);
}

export function startRename(b: Board): void {
  settle(b);
  const node = b.selectedNodes[0];
  if (!node || b.session.readOnly) return;
  b.view?.reveal(rectOf(node));
  b.renaming.set(node.id);
}

/** Ends the typing on a node: its name, or the text of a note. */
export function endRename(b: Board, id: ID, text: string | null, field?: string): void {
  b.renaming.set('');
  const n = b.design.nodes[id];
  if (n && text !== null) {
    if (field) b.edit(setField(b.design, [id], field, text === '' ? undefined : text), `write on ${n.name}`);
    else b.edit(rename(b.design, id, text), `rename ${n.name}`);
  }
  b.view?.element.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}

export function selectAll(b: Board): void {
  settle(b);
  b.session.select(Object.keys(b.shown.design.nodes));
  b.session.say(`Selected ${amount(b, b.selected)}`);
}

/** Backs out one level: the question, the gesture, the tool, the selection. */
export function escape(b: Board): void {
  const g = b.gesture.get();
  if (b.asking.get()) b.asking.set(null);
  else if (g) {
    if (g.kind === 'nudge') b.rest();
    if (g.kind === 'marquee') b.session.select(g.base);
    b.gesture.set(null);
  } else if (b.tool.get() === 'hand') b.tool.set('select');
  else b.session.select([]);
}

/** Tells whether there is a next node in reading order, and goes there. */
export function step(b: Board, by: 1 | -1): boolean {
  settle(b);
  const to = next(b.shown.design, turn(b), by);
  if (to) go(b, to);
  return to !== null;
}

export function walk(b: Board, to: Along): void {
  settle(b);
  const there = along(b.shown.design, turn(b), to);
  if (there) go(b, there);
}

const turn = (b: Board): ID => {
  const f = b.focus.get();
  const s = b.session.selection.get();
  return s.has(f) || s.size === 0 ? f : (b.selected[0] ?? '');
};

/** Selects a record, brings it onto the screen and says what it is. */
export function go(b: Board, id: ID): void {
  const { design: d, hidden } = b.shown;
  const node = d.nodes[hidden.get(id) ?? id];
  const wire = d.edges[id];
  b.turnTo(id);
  const r = node ? rectOf(node) : wire && boundsOf(d, [wire.from.node, wire.to.node]);
  if (r) b.view?.reveal(r);
}

export function fit(b: Board, ids?: readonly ID[]): void {
  const { design: d, hidden } = b.shown;
  const nodes = ids?.flatMap((id) => {
    const e = d.edges[id];
    return e ? [e.from.node, e.to.node] : [hidden.get(id) ?? id];
  });
  const r = boundsOf(d, nodes);
  if (r) b.view?.fit(r);
}
