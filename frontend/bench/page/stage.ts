// What a page of the bench offers to the one who drives it, as window.stage. Both pages offer the same.
import type { ID } from '../../src/design/types';

export interface Stage {
  /** Draws everything and resolves to the milliseconds until it was on the screen, whole. */
  mount: () => Promise<number>;
  /** Shows everything. */
  all: () => void;
  /** Zooms to 100 % about the middle. */
  near: () => void;
  select: (ids: ID[]) => void;
  /** Where a box is, in page pixels. */
  at: (id: ID) => { x: number; y: number };
  ids: (count: number) => ID[];
  record: () => void;
  /** Ends the recording: the lengths of the frames in which input was handled, in milliseconds. */
  frames: () => number[];
  /** The next drop: milliseconds from the release to "saved", shown. Ours only. */
  saved: () => Promise<number>;
}

declare global {
  interface Window {
    stage: Stage;
  }
}
