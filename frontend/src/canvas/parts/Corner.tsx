// The margins of the canvas: zoom, and what a plan takes away.
import { useStore as useFlow } from '@xyflow/react';
import type { ReactElement } from 'react';
import { useStore, useValue } from '../../session/store';
import { IconButton } from '../../ui/controls';
import { useBoard } from '../context';
import { fit } from '../verbs';
import './corner.css';

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

/** What the plan removes that is no longer on the drawing: there is no box left to paint it on. */
export function Gone(): ReactElement | null {
  const { session } = useBoard();
  const marks = useValue(session.marks);
  const design = useStore(session.project, (p) => p?.design);
  const gone = [...marks].filter(
    ([id, m]) => m.action === 'remove' && !m.state && !design?.nodes[id] && !design?.edges[id],
  );
  if (gone.length === 0) return null;
  const lost = gone.some(([, m]) => m.destructive);
  return (
    <div className="gone" role="status">
      <span>
        {gone.some(([, m]) => m.said)
          ? 'No longer there:'
          : lost
            ? 'The plan removes, with their data:'
            : 'The plan removes:'}
      </span>
      <ul>
        {gone.slice(0, 6).map(([id, m]) => (
          <li key={id}>
            − {m.text ?? id}
            {m.destructive ? ' !' : ''}
          </li>
        ))}
        {gone.length > 6 && <li>and {gone.length - 6} more</li>}
      </ul>
    </div>
  );
}
