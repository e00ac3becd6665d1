// The wires that a person looks at, once more before everything: the one under the pointer and those that are selected,
// with their labels. The wires below stay as they are, so that looking costs nothing.
import { memo, type ReactElement } from 'react';
import type { Design } from '../../design/types';
import { useStore, useValue } from '../../session/store';
import { type Displaced, layer } from '../boxes';
import { useBoard } from '../context';
import { wireLabel } from '../geometry';
import { InDrawing } from './InDrawing';
import { WireLabel } from './Wires';

/** More than a few at once are no longer looked at one by one. */
const most = 24;

export const Front = memo(function Front(props: { design: Design; shown: Displaced }): ReactElement | null {
  const { design, shown } = props;
  const board = useBoard();
  const { session, routes } = board;
  const selection = useValue(session.selection);
  const looked = useValue(board.looked);
  const busy = useStore(board.gesture, (g) => g?.kind === 'connect' && g.phase === 'dragging');
  const ids = new Set([...selection].filter((id) => design.edges[id]));
  if (looked && design.edges[looked]) ids.add(looked);
  if (busy || ids.size === 0 || ids.size > most) return null;
  return (
    <InDrawing>
      <svg className="wires front" style={{ zIndex: layer.front }} aria-hidden="true">
        {[...ids].map((id) => {
          const e = design.edges[id];
          const from = design.nodes[e?.from.node ?? ''];
          const to = design.nodes[e?.to.node ?? ''];
          if (!e || !from || !to) return null;
          const moves = shown.moving.has(from.id) || shown.moving.has(to.id);
          const c = moves ? routes.loose(design, e, shown.at) : routes.of(design, e);
          const label = wireLabel(e, (p) => session.shelf.verb(p));
          return (
            c && (
              <g key={id} className={`wire ${selection.has(id) ? 'selected' : 'looked'}`}>
                <path className="wire-halo" d={c.d} />
                <path className="wire-line" d={c.d} />
                <path className="wire-tip" d={c.tip} />
                {label && <WireLabel at={c.middle} text={label} />}
              </g>
            )
          );
        })}
      </svg>
    </InDrawing>
  );
});
