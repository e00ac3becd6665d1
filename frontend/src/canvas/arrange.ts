// Verbs that put the drawing in order. Nodes glide to their new places, so that the eye can follow them.
import { applyDiff, ApplyError, isEmpty } from '../design/apply';
import { align, distribute, type Line, order } from '../design/arrange';
import { boundsOf, type Point, type Rect, rectOf } from '../design/geometry';
import type { Design, Diff, ID, NodeRecord } from '../design/types';
import type { Board } from './board';
import { amount, settle } from './verbs';
import { calm } from './view';

export function alignSelected(b: Board, line: Line): void {
  settle(b);
  const ids = b.selectedNodes.map((n) => n.id);
  arranged(b, align(b.design, ids, line, shownAt(b)), `align ${amount(b, ids)}`);
}

export function distributeSelected(b: Board, axis: 'x' | 'y'): void {
  settle(b);
  const ids = b.selectedNodes.map((n) => n.id);
  arranged(b, distribute(b.design, ids, axis, shownAt(b)), `distribute ${amount(b, ids)}`);
}

/** Lays out the selected nodes, or all of them where fewer than two are selected. What Go is asked about must be saved. */
export async function tidy(b: Board, direction: 'right' | 'down'): Promise<void> {
  settle(b);
  const chosen = b.selectedNodes.map((n) => n.id);
  const ids = chosen.length > 1 ? chosen : [];
  const answer = await b.session.ask('Tidy', 'layout', { ids, direction });
  if (!answer) return;
  const what = ids.length > 0 ? amount(b, ids) : 'the drawing';
  try {
    arranged(b, answer.diff, `tidy ${what}`);
  } catch (e) {
    if (!(e instanceof ApplyError)) throw e;
    b.session.say('The drawing has changed meanwhile: nothing was moved');
    return;
  }
  const all = boundsOf(b.shown.design);
  if (all && ids.length === 0) b.view?.fit(all);
}

/** Brings the selected nodes before or behind what they touch: boxes among boxes, groups of a group among one another. */
export function orderSelected(b: Board, by: 1 | -1): void {
  settle(b);
  const ids = b.selectedNodes.map((n) => n.id);
  const shape = (n: NodeRecord): string => b.session.shelf.spec(n.kind).shape;
  const diff = order(
    b.design,
    ids,
    by,
    (n, o) => shape(n) === shape(o) && (shape(n) !== 'group' || n.parent === o.parent),
  );
  const where = by === 1 ? 'to the front' : 'to the back';
  if (isEmpty(diff)) b.session.say(`${amount(b, ids)}: nothing lies ${by === 1 ? 'over' : 'under'} it`);
  else {
    b.edit(diff, `bring ${amount(b, ids)} ${where}`);
    b.session.say(`Brought ${amount(b, ids)} ${where}`);
  }
}

/** Collapsed groups are as large as they look. */
const shownAt =
  (b: Board) =>
  (n: NodeRecord): Rect =>
    rectOf(b.shown.design.nodes[n.id] ?? n);

function arranged(b: Board, diff: Diff, label: string): void {
  if (isEmpty(diff)) {
    b.session.say('Everything is in its place already');
    return;
  }
  const before = b.design;
  const after = applyDiff(before, diff);
  b.edit(diff, label);
  glide(b, before, after);
  b.session.say(label.slice(0, 1).toUpperCase() + label.slice(1));
}

/** More than these at once are seen as one jump, and would be drawn too slowly. */
const most = 400;
const duration = 220;

/** Shows nodes on their way from where they were. */
function glide(b: Board, before: Design, after: Design): void {
  const back = new Map<ID, Point>();
  for (const n of Object.values(after.nodes)) {
    const was = before.nodes[n.id];
    if (was && (was.x !== n.x || was.y !== n.y)) back.set(n.id, { x: was.x - n.x, y: was.y - n.y });
  }
  if (!b.view || back.size === 0 || back.size > most || calm()) return;
  const begun = performance.now();
  const moving = new Set(back.keys());
  let shown = { kind: 'glide' as const, moving, back, left: 1 };
  b.gesture.set(shown);
  const step = (now: number): void => {
    // Whoever takes something into the hand meanwhile sees the nodes where they are.
    if (b.gesture.get() !== shown) return;
    const t = Math.min(1, Math.max(0, now - begun) / duration);
    if (t === 1) {
      b.gesture.set(null);
      return;
    }
    shown = { ...shown, left: (1 - t) ** 3 };
    b.gesture.set(shown);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
