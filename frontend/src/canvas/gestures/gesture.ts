// What gestures are made of. Each is a small state machine in its own file: press → drag → drop, pure functions over
// values, so that a gesture is understood and tested without a page. Escape simply forgets the state.
import type { Spec } from '../../catalog/types';
import type { Point, Rect } from '../../design/geometry';
import type { Design, EdgeRecord } from '../../design/types';

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
  judge: Judge;
  course: Course;
}

/** What judging needs from the shelf. */
export interface Judge {
  spec: (kind: string) => Spec;
  verb: (protocol: string) => string;
}

/** How a wire runs: what a gesture needs to know which of them is under a node. */
export type Course = (e: EdgeRecord) => { points: readonly Point[]; box: Rect } | null;

/** A press becomes a drag after this many screen pixels. */
export const threshold = 4;

export const beyond = (a: Point, b: Point, zoom: number): boolean =>
  Math.hypot(a.x - b.x, a.y - b.y) * zoom >= threshold;
