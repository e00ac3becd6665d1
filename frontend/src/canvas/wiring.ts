// Verbs that keep a chain of wires whole: an end goes elsewhere, a node leaves its wires joined.
import type { Way } from '../catalog/connect';
import { together } from '../design/draft';
import { remove } from '../design/edits';
import { heal, reconnect } from '../design/wiring';
import { withContents } from '../design/select';
import type { Design, EdgeRecord, ID } from '../design/types';
import type { Board } from './board';
import { judgeTo } from './gestures/connect';
import { like } from './gestures/splice';
import { amount, settle } from './verbs';

/** Leads a wire's end to where it was dropped: as like itself as can be. */
export function leadTo(b: Board, wire: ID, from: ID, to: ID, ways: readonly Way[]): void {
  const e = b.design.edges[wire];
  const way = e && like(ways, [e]);
  if (!way || (e.from.node === from && e.to.node === to && e.from.port === way.fromPort && e.to.port === way.toPort))
    return;
  const name = (id: ID): string => b.design.nodes[id]?.name ?? id;
  b.edit(reconnect(b.design, wire, from, to, way), `lead a wire from ${name(from)} to ${name(to)}`, [wire]);
  b.focus.set(wire);
  b.session.say(`The wire goes from ${name(from)} to ${name(to)} now`);
}

/** Deletes what is selected and joins what the deleted nodes joined. */
export function healSelected(b: Board): void {
  settle(b);
  const before = b.design;
  const ids = b.selected.filter((id) => before.edges[id] ?? !before.nodes[id]?.locked);
  if (ids.length === 0) return;
  const what = amount(b, ids);
  const gone = withContents(
    before,
    ids.filter((id) => before.nodes[id]),
  );
  const diff = together(
    before,
    (d) => remove(d, ids),
    (d) => heal(d, before, gone, (into, out, now) => joining(b, now, into, out)),
  );
  const made = Object.keys(diff.edges?.added ?? {});
  b.edit(diff, `delete ${what} and heal`, made);
  b.focus.set(made[0] ?? '');
  b.takeFocus();
  b.session.say(made.length > 0 ? `Deleted ${what}; what it joined is wired` : `Deleted ${what}`);
}

/** How two wires become one: at the same ports where that is legal, at any of the two nodes otherwise. */
function joining(b: Board, d: Design, into: EdgeRecord, out: EdgeRecord): Way | null {
  const ways = (fromPort?: string, toPort?: string): Way[] =>
    judgeTo(d, b.judge, { node: into.from.node, port: fromPort, dir: 'out' }, { node: out.to.node, port: toPort }).ways;
  return like(ways(into.from.port, out.to.port), [into, out]) ?? like(ways(), [into, out]) ?? null;
}
