import { useStore as useFlow } from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import { createPortal } from 'react-dom';

/**
 * Puts what is in it among the boxes, in canvas units. React Flow's own portal does that too, but looks its place up anew,
 * through all boxes, whenever anything of the canvas changes.
 */
export function InDrawing({ children }: { children: ReactNode }): ReactNode {
  const root = useFlow((s) => s.domNode);
  const place = useMemo(() => root?.querySelector('.react-flow__viewport-portal'), [root]);
  return place ? createPortal(children, place) : null;
}
