// Touch events become what fingers mean (gestures/touch.ts): the window moves, or the hands take over.
import type { Board } from './board';
import * as touch from './gestures/touch';
import type { Hands } from './hands';
import { hitOf, placeOf } from './hit';

export class Fingers {
  private readonly board: Board;
  private readonly hands: Hands;
  private state: touch.Touch = touch.none;
  private first: PointerEvent | null = null;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private stop: (() => void) | null = null;

  constructor(board: Board, hands: Hands) {
    this.board = board;
    this.hands = hands;
  }

  /** A finger comes down on the canvas. */
  down(e: PointerEvent): void {
    const hit = hitOf(e.target as Element);
    const alone = this.state.kind === 'none';
    if (alone) this.first = e;
    this.listen();
    this.step(touch.down(this.state, e.pointerId, placeOf(e), !!hit.port || !!hit.handle));
    clearTimeout(this.resting);
    if (this.state.kind === 'pressed' && this.board.tool.get() !== 'hand') {
      this.resting = setTimeout(() => {
        this.step(touch.hold(this.state));
      }, touch.rest);
    }
  }

  private listen(): void {
    if (this.stop) return;
    const move = (e: PointerEvent): void => {
      this.step(touch.move(this.state, e.pointerId, placeOf(e)), e);
    };
    const up = (e: PointerEvent): void => {
      if (e.pointerType !== 'touch') return;
      const asks = e.type === 'pointerup' && this.state.kind === 'held' && this.rests();
      this.step(touch.up(this.state, e.pointerId, e.type === 'pointercancel'), e);
      // The hands put down first what they hold.
      if (asks) setTimeout(this.board.onMenu, 0, placeOf(e));
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
    this.stop = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
    };
  }

  /** Whether what was taken has not been moved: then the finger asks what can be done with it. */
  private rests(): boolean {
    const g = this.board.gesture.get();
    return (g?.kind === 'move' || g?.kind === 'marquee') && g.phase === 'pressed';
  }

  private step([next, effect]: touch.Step, e?: PointerEvent): void {
    this.state = next;
    if (next.kind !== 'pressed') clearTimeout(this.resting);
    if (next.kind === 'none') {
      this.stop?.();
      this.stop = null;
    }
    if (effect?.kind === 'view') this.board.view?.shift(effect.at, effect.by, effect.factor);
    else if (effect?.kind === 'take' && this.first) this.hands.press(this.first);
    else if (effect?.kind === 'tap' && this.first) this.hands.tap(this.first, e ?? this.first);
  }
}
