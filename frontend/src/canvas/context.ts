import { createContext, useContext } from 'react';
import type { Board } from './board';

export const BoardContext = createContext<Board | null>(null);

export function useBoard(): Board {
  const b = useContext(BoardContext);
  if (!b) throw new Error('a part of the canvas outside of it');
  return b;
}
