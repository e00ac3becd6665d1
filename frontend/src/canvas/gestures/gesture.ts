// What gestures are made of. Each is a small state machine in its own file: press → drag → drop, pure functions over
// values, so that a gesture is understood and tested without a page. Escape simply forgets the state.
import type { Point } from '../../design/geometry';
import type { Design } from '../../design/types';

/** The pointer in canvas units, with the keys that are held. */
export interface Pointer extends Point {
  shift: boolean;
  alt: boolean;
  /** Ctrl, or Cmd on a Mac: suspends snapping. */
  ctrl: boolean;
}

/** What a gesture may look at. */
export interface World {
  design: Design;
  zoom: number;
  isGroup: (kind: string) => boolean;
}

/** A press becomes a drag after this many screen pixels. */
export const threshold = 4;

export const beyond = (a: Point, b: Point, zoom: number): boolean =>
  Math.hypot(a.x - b.x, a.y - b.y) * zoom >= threshold;
