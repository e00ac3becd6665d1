import { type RefObject, useLayoutEffect } from 'react';
import type { ID } from '../../design/types';
import { useStore } from '../../session/store';
import { isTyping } from '../clipboard';
import { useBoard } from '../context';

/**
 * Gives a record's element the page's focus when it is its turn, and gives the focus back to the canvas when the element
 * goes: off-screen records have no element, and the keyboard must never fall out of the canvas.
 */
export function useTurn(id: ID, ref: RefObject<HTMLElement | SVGElement | null>): void {
  const board = useBoard();
  const mine = useStore(board.focus, (f) => f === id);
  useLayoutEffect(() => {
    const root = board.view?.element;
    if (mine && root?.contains(document.activeElement) && !isTyping()) ref.current?.focus({ preventScroll: true });
  }, [mine, board, ref]);
  useLayoutEffect(() => {
    const el = ref.current;
    return () => {
      if (el && el === document.activeElement) board.view?.element.focus({ preventScroll: true });
    };
  }, [board, ref]);
}
