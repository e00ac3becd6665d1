// The layer of all resources: what each node and each wire adds to the template, as chips beside it.
import { memo, type ReactElement, useEffect } from 'react';
import { touches } from '../../design/geometry';
import type { Design, ID } from '../../design/types';
import { useStore, useValue } from '../../session/store';
import { type Displaced, layer } from '../boxes';
import { useBoard } from '../context';
import type { Resource } from '../resources';
import { InDrawing } from './InDrawing';
import { useWindow } from './Wires';
import './chips.css';

export const Chips = memo(function Chips(props: { design: Design; shown: Displaced }): ReactElement | null {
  const board = useBoard();
  const wanted = useStore(board.session.prefs, (p) => p.resources);
  return wanted ? <All {...props} /> : null;
});

function All({ design, shown }: { design: Design; shown: Displaced }): ReactElement {
  const { resources, routes, shown: seen } = useBoard();
  useEffect(() => resources.follow(), [resources]);
  const found = useValue(resources.found);
  const window = useWindow();
  const chips: ReactElement[] = [];
  // What a collapsed group hides is told at the group.
  const gathered = new Map<ID, Resource[]>();
  for (const [id, list] of found) {
    const at = seen.hidden.get(id) ?? id;
    gathered.set(at, [...(gathered.get(at) ?? []), ...list]);
  }
  for (const [id, list] of gathered) {
    const n = design.nodes[id];
    const e = design.edges[id];
    if (n) {
      const r = shown.at(n);
      if (touches(window, r)) chips.push(<Row key={id} x={r.x} y={r.y + r.h + 6} width={r.w} list={list} />);
    } else if (e) {
      const ends = [e.from.node, e.to.node];
      const c = ends.some((end) => shown.moving.has(end)) ? routes.loose(design, e, shown.at) : routes.of(design, e);
      if (c && touches(window, { ...c.middle, w: 1, h: 1 }))
        chips.push(<Row key={id} x={c.middle.x - 90} y={c.middle.y + 11} width={180} list={list} wire />);
    }
  }
  return (
    <InDrawing>
      <div className="chips" style={{ zIndex: layer.chips }}>
        {chips}
      </div>
    </InDrawing>
  );
}

const Row = memo(function Row(props: {
  x: number;
  y: number;
  width: number;
  list: readonly Resource[];
  wire?: boolean;
}): ReactElement {
  return (
    <ul
      className={`chip-row ${props.wire ? 'chip-row-wire' : ''}`}
      style={{ transform: `translate(${String(props.x)}px, ${String(props.y)}px)`, width: props.width }}
    >
      {props.list.map((r) => (
        <li key={r.logicalId} className="chip" title={`${r.logicalId}\n${r.type}`}>
          {r.short}
        </li>
      ))}
    </ul>
  );
});
