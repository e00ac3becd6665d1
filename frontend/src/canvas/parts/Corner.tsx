// The lower corners: zoom, and a map of the drawing where it does not fit on the screen.
import { MiniMap, useStore as useFlow } from '@xyflow/react';
import { memo, type ReactElement, useMemo } from 'react';
import { boundsOf } from '../../design/geometry';
import { useStore } from '../../session/store';
import { IconButton } from '../../ui/controls';
import { useBoard } from '../context';
import type { Box } from '../boxes';
import { fit } from '../verbs';

export function ZoomControls(): ReactElement {
  const board = useBoard();
  const percent = useFlow((s) => Math.round(s.transform[2] * 100));
  return (
    <div className="zoom" role="toolbar" aria-label="Zoom">
      <IconButton icon="minus" label="Zoom out" hint="Ctrl −" onClick={() => board.view?.zoomBy(1 / 1.25)} />
      <button
        type="button"
        className="zoom-percent"
        title="Zoom to 100 %  Ctrl 0"
        onClick={() => board.view?.zoomTo(1)}
      >
        {percent} %
      </button>
      <IconButton icon="add" label="Zoom in" hint="Ctrl +" onClick={() => board.view?.zoomBy(1.25)} />
      <IconButton
        icon="fit"
        label="Fit the drawing"
        hint="Shift 1"
        onClick={() => {
          fit(board);
        }}
      />
    </div>
  );
}

const shapeClass = (n: Box): string => `map-${n.type ?? 'node'}`;

export const Map = memo(function Map(): ReactElement | null {
  const board = useBoard();
  const wanted = useStore(board.session.prefs, (p) => p.minimap);
  const design = useStore(board.session.project, (p) => p?.design);
  const box = useMemo(() => (design ? boundsOf(design) : null), [design]);
  const leaves = useFlow((s) => {
    const [x, y, zoom] = s.transform;
    if (!box || s.width === 0) return false;
    const left = box.x * zoom + x;
    const top = box.y * zoom + y;
    return left < -8 || top < -8 || left + box.w * zoom > s.width + 8 || top + box.h * zoom > s.height + 8;
  });
  if (!wanted || !leaves) return null;
  return (
    <MiniMap<Box> pannable zoomable ariaLabel="Map of the drawing" nodeClassName={shapeClass} nodeBorderRadius={10} />
  );
});
