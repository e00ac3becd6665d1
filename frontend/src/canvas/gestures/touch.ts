// Fingers: one pans, and drags what it has rested on; two pan and zoom. Pens are as exact as a mouse and need none of this.
import type { Point } from '../../design/geometry';

/** A finger's place, in page pixels. */
interface Finger {
  id: number;
  at: Point;
}

export type Touch =
  | { kind: 'none' }
  /** One finger is down and has neither moved nor rested yet. */
  | { kind: 'pressed'; finger: Finger; start: Point }
  | { kind: 'pan'; finger: Finger }
  | { kind: 'pinch'; fingers: readonly [Finger, Finger] }
  /** The finger has something in hand: what follows is a gesture like any other. */
  | { kind: 'held'; id: number };

export type Effect =
  /** The window moves by page pixels and zooms about a place. */
  | { kind: 'view'; at: Point; by: Point; factor: number }
  | { kind: 'tap' }
  /** What lies under the finger comes into the hand. */
  | { kind: 'take'; id: number };

export type Step = [Touch, Effect?];

export const none: Touch = { kind: 'none' };

/** A finger must rest this long (ms), and move no more than this (pixels), to take what lies under it. */
export const rest = 350;
export const slop = 10;

/** A finger comes down; exact says that it is on something small that is meant by itself: a port, a handle. */
export function down(t: Touch, id: number, at: Point, exact: boolean): Step {
  const finger = { id, at };
  switch (t.kind) {
    case 'none':
      return exact
        ? [
            { kind: 'held', id },
            { kind: 'take', id },
          ]
        : [{ kind: 'pressed', finger, start: at }];
    case 'pressed':
    case 'pan':
      return [{ kind: 'pinch', fingers: [t.finger, finger] }];
    case 'pinch':
    case 'held':
      return [t];
  }
}

export function move(t: Touch, id: number, at: Point): Step {
  switch (t.kind) {
    case 'pressed':
      if (t.finger.id !== id || distance(t.start, at) < slop) return [t];
      return [{ kind: 'pan', finger: { id, at } }, view(t.start, at)];
    case 'pan':
      return t.finger.id === id ? [{ kind: 'pan', finger: { id, at } }, view(t.finger.at, at)] : [t];
    case 'pinch': {
      const [a, b] = t.fingers;
      if (a.id !== id && b.id !== id) return [t];
      const fingers: [Finger, Finger] = a.id === id ? [{ id, at }, b] : [a, { id, at }];
      const before = distance(a.at, b.at);
      const after = distance(fingers[0].at, fingers[1].at);
      // Fingers that lie on one another say nothing about zoom.
      const factor = before < 1 || after < 1 ? 1 : after / before;
      return [{ kind: 'pinch', fingers }, view(between(a.at, b.at), between(fingers[0].at, fingers[1].at), factor)];
    }
    case 'none':
    case 'held':
      return [t];
  }
}

/** The finger has rested. */
export function hold(t: Touch): Step {
  return t.kind === 'pressed'
    ? [
        { kind: 'held', id: t.finger.id },
        { kind: 'take', id: t.finger.id },
      ]
    : [t];
}

/** A finger goes; lost, where the system has taken it: then nothing was meant. */
export function up(t: Touch, id: number, lost = false): Step {
  switch (t.kind) {
    case 'pressed':
      if (t.finger.id !== id) return [t];
      return lost ? [none] : [none, { kind: 'tap' }];
    case 'pan':
      return [t.finger.id === id ? none : t];
    case 'pinch': {
      const left = t.fingers.find((f) => f.id !== id);
      return [t.fingers.some((f) => f.id === id) && left ? { kind: 'pan', finger: left } : t];
    }
    case 'held':
      return [t.id === id ? none : t];
    case 'none':
      return [t];
  }
}

const view = (from: Point, to: Point, factor = 1): Effect => ({
  kind: 'view',
  at: to,
  by: { x: to.x - from.x, y: to.y - from.y },
  factor,
});

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
