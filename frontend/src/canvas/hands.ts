// The hands: pointer events become gestures, and what gestures leave becomes edits. Gestures themselves are pure (gestures/).
import type { Spec } from '../catalog/types';
import { copy, resizeNode } from '../design/edits';
import type { Board, Gesture } from './board';
import { pasteAt } from './clipboard';
import { Fingers } from './fingers';
import { type Hit, hitOf, placeOf } from './hit';
import * as connecting from './gestures/connect';
import { type Pointer, threshold } from './gestures/gesture';
import * as marquee from './gestures/marquee';
import * as moving from './gestures/move';
import * as placing from './gestures/place';
import * as resizing from './gestures/resize';
import { add, amount, moveTo, settle, wire } from './verbs';
import { leadTo } from './wiring';

/** What takes its presses itself. */
const own = 'input, textarea, button, a, .react-flow__minimap, .react-flow__panel';

type Mouse = Pick<PointerEvent, 'clientX' | 'clientY' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>;

export class Hands {
  private readonly board: Board;
  private readonly fingers: Fingers;
  private last: Mouse | null = null;
  private stop: (() => void) | null = null;
  private pressed: Hit = {};
  private frame = 0;
  /** The pointer has been away from the edges: one that begins there does not pull. */
  private free = false;

  constructor(board: Board) {
    this.board = board;
    this.fingers = new Fingers(board, this);
  }

  /** A press on the canvas. */
  down(e: PointerEvent): void {
    const b = this.board;
    if ((e.target as Element).closest(own)) return;
    if (e.pointerType === 'touch') this.fingers.down(e);
    else if (e.button === 0 && e.isPrimary && b.tool.get() !== 'hand' && !b.space.get()) this.press(e);
  }

  /** A finger has tapped: pressed and left without having moved. */
  tap(down: PointerEvent, up: Mouse): void {
    this.press(down);
    if (!this.stop) return;
    this.end();
    this.drop(up);
  }

  /** What lies under a press comes into the hand. */
  press(e: PointerEvent): void {
    const b = this.board;
    if (this.stop) return;
    const el = e.target as Element;
    settle(b);
    const hit = hitOf(el);
    const w = b.world();
    const p = this.point(e);
    const selected = b.session.selection.get();
    this.pressed = hit;
    let g: Gesture | null;
    if (hit.port) g = b.session.readOnly ? null : connecting.press(w, hit.port, p);
    else if (hit.node && hit.handle) g = resizing.press(w, hit.node, hit.handle, p);
    else if (hit.node && !(hit.body && !selected.has(hit.node))) {
      const m = moving.press(w, selected, hit.node, p);
      b.session.select(m.selection);
      b.focus.set(hit.node);
      g = m;
    } else if (hit.wire) {
      const id = hit.wire;
      const rest = [...selected].filter((s) => s !== id);
      b.session.select(e.shiftKey ? (selected.has(id) ? rest : [...rest, id]) : [id]);
      b.focus.set(id);
      if (hit.label) b.onProperties();
      g = b.session.readOnly || e.shiftKey || hit.label ? null : connecting.grab(w, id, p);
    } else g = marquee.press(selected, p);
    if (g) this.begin(g, e, b.view?.element ?? null);
  }

  /** A press on a kind in the palette. */
  place(spec: Spec, e: PointerEvent): void {
    const b = this.board;
    if (e.button !== 0 || this.stop || b.session.readOnly) return;
    settle(b);
    const start = { x: e.clientX, y: e.clientY };
    const from = e.target instanceof Element ? e.target : null;
    // The gesture begins with the first real movement, so that a click stays a click.
    const wait = (m: PointerEvent): void => {
      if (Math.hypot(m.clientX - start.x, m.clientY - start.y) < threshold) return;
      end();
      this.begin(placing.press(spec), m, from);
      this.move(m);
    };
    const end = (): void => {
      window.removeEventListener('pointermove', wait);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
    };
    window.addEventListener('pointermove', wait);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  }

  private begin(g: Gesture, e: PointerEvent, catcher: Element | null): void {
    this.board.gesture.set(g);
    this.last = e;
    this.free = false;
    try {
      catcher?.setPointerCapture(e.pointerId);
    } catch {
      // The pointer is gone already: its end comes as pointercancel.
    }
    const id = e.pointerId;
    const move = (m: PointerEvent): void => {
      if (m.pointerId === id) this.next(m);
    };
    const up = (m: PointerEvent): void => {
      if (m.pointerId !== id) return;
      this.move(m);
      this.end();
      this.drop(m);
    };
    const cancel = (m: PointerEvent): void => {
      if (m.pointerId !== id) return;
      this.end();
      this.board.gesture.set(null);
    };
    // Shift, Alt and Ctrl count by themselves, not only with the next movement.
    const key = (k: KeyboardEvent): void => {
      if (!this.last || !/^(Shift|Alt|Control|Meta)$/.test(k.key)) return;
      if (k.key === 'Alt') k.preventDefault();
      const { clientX, clientY } = this.last;
      const { shiftKey, altKey, ctrlKey, metaKey } = k;
      this.next({ clientX, clientY, shiftKey, altKey, ctrlKey, metaKey });
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', key);
    window.addEventListener('keyup', key);
    this.stop = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key);
      window.removeEventListener('keyup', key);
      cancelAnimationFrame(this.frame);
      this.frame = 0;
    };
  }

  private end(): void {
    this.stop?.();
    this.stop = null;
  }

  /** Takes a movement with the next frame: a mouse reports more often than a screen shows. */
  private next(e: Mouse): void {
    this.last = e;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.last) return;
      this.move(this.last);
      if (!this.edge()) return;
      this.move(this.last);
      this.next(this.last);
    });
  }

  private move(e: Mouse): void {
    const b = this.board;
    const g = b.gesture.get();
    if (!g) {
      // Escape has taken the gesture away; the pointer is still down.
      return;
    }
    this.last = e;
    b.pointer = placeOf(e);
    const w = b.world();
    const p = this.point(e);
    const fixed = b.session.readOnly;
    switch (g.kind) {
      case 'marquee': {
        const m = marquee.drag(g, p, w);
        if (m.phase === 'dragging') b.session.select(m.selection);
        b.gesture.set(m);
        break;
      }
      case 'move':
        if (!fixed) b.gesture.set(moving.drag(g, p, w));
        break;
      case 'connect':
        b.gesture.set(connecting.drag(g, p, this.under(e), w));
        break;
      case 'resize':
        if (!fixed) b.gesture.set(resizing.drag(g, p));
        break;
      case 'place':
        b.gesture.set(placing.drag(g, this.over(e) ? p : null, w));
        break;
      case 'nudge':
      case 'glide':
        return;
    }
  }

  private drop(e: Mouse): void {
    const b = this.board;
    const g = b.gesture.get();
    b.gesture.set(null);
    if (!g) return;
    const w = b.world();
    switch (g.kind) {
      case 'marquee': {
        // A click inside of a group means the group.
        const on = g.phase === 'pressed' && this.pressed.body ? this.pressed.node : undefined;
        b.session.select(on ? [...g.base, on] : marquee.drop(g));
        b.focus.set(on ?? '');
        return;
      }
      case 'move': {
        const d = moving.drop(g, w);
        if (d.kind === 'click') b.session.select(d.selection);
        else if (d.by.x === 0 && d.by.y === 0) return;
        else if (d.kind === 'copy') pasteAt(b, copy(b.design, d.ids), { by: d.by }, `duplicate ${amount(b, d.ids)}`);
        else moveTo(b, d.ids, d.by, moving.parentAfter(w, g.moving), d.onto);
        return;
      }
      case 'connect':
        this.dropWire(g, connecting.drop(g), e);
        return;
      case 'resize': {
        const r = resizing.drop(g);
        if (r) b.edit(resizeNode(b.design, g.id, r), `resize ${amount(b, [g.id])}`);
        return;
      }
      case 'place':
        if (g.rect) {
          add(b, g.spec, g.rect, g.onto);
          b.takeFocus();
        }
        return;
      case 'nudge':
      case 'glide':
        return;
    }
  }

  private dropWire(g: connecting.Wiring, d: connecting.Dropped, e: Mouse): void {
    const b = this.board;
    const at = { x: e.clientX, y: e.clientY };
    const from = { node: g.node, port: g.port, dir: g.dir };
    const [way] = d.kind === 'wire' ? d.ways : [];
    if (d.kind === 'wire' && g.wire) {
      leadTo(b, g.wire, d.from, d.to, d.ways);
    } else if (d.kind === 'wire' && way) {
      if (d.ways.length === 1) wire(b, d.from, d.to, way);
      else b.asking.set({ kind: 'way', at, from: d.from, to: d.to, ways: d.ways });
    } else if (d.kind === 'refused') {
      b.session.say(d.why);
    } else if (d.kind === 'open') {
      b.asking.set({ kind: 'target', at, from, spot: d.at, others: false });
    } else if (g.phase === 'pressed' && !g.wire) {
      // A click on a port asks as well; the new node comes beside.
      const spot = { x: g.start.x + (g.dir === 'out' ? 120 : -120), y: g.start.y };
      b.asking.set({ kind: 'target', at, from, spot, others: true });
    }
  }

  /** While something is dragged to the window's edge, the drawing comes to meet it. Tells whether it did. */
  private edge(): boolean {
    const v = this.board.view;
    const g = this.board.gesture.get();
    if (!v || !this.last || !g || ('phase' in g && g.phase === 'pressed')) return false;
    if (g.kind === 'place' && !g.rect) return false;
    const r = v.element.getBoundingClientRect();
    const by = { x: pull(this.last.clientX, r.left, r.right), y: pull(this.last.clientY, r.top, r.bottom) };
    if (by.x === 0 && by.y === 0) this.free = true;
    if (!this.free || (by.x === 0 && by.y === 0)) return false;
    v.panBy(by);
    return true;
  }

  private point(e: Mouse): Pointer {
    const p = this.board.view?.toCanvas({ x: e.clientX, y: e.clientY }) ?? { x: 0, y: 0 };
    return { ...p, shift: e.shiftKey, alt: e.altKey, ctrl: e.ctrlKey || e.metaKey };
  }

  private over(e: Mouse): boolean {
    const el = document.elementFromPoint(e.clientX, e.clientY);
    return !!el && !!this.board.view?.element.contains(el);
  }

  private under(e: Mouse): connecting.Wiring['over'] {
    const hit = hitOf(document.elementFromPoint(e.clientX, e.clientY));
    return hit.node ? { node: hit.node, port: hit.port?.port } : undefined;
  }
}

/** How fast the window follows a pointer near its edge, in pixels a frame. */
function pull(at: number, low: number, high: number): number {
  const reach = 32;
  if (at < low + reach) return Math.min(16, (low + reach - at) / 2);
  if (at > high - reach) return -Math.min(16, (at - high + reach) / 2);
  return 0;
}
