// What a gesture draws over the drawing: the marquee, guides, the wire in the hand, the node that is being placed.
import type { ReactElement } from 'react';
import type { Direction } from '../../catalog/types';
import type { Point } from '../../design/geometry';
import { useValue } from '../../session/store';
import type { Asking, Gesture, Loose } from '../board';
import type { Board } from '../board';
import { layer } from '../boxes';
import { useBoard } from '../context';
import { curve, portPoint } from '../geometry';
import type { Wiring } from '../gestures/connect';
import { InDrawing } from './InDrawing';

/** In canvas units, over everything. */
export function Overlay(): ReactElement | null {
  const board = useBoard();
  const g = useValue(board.gesture);
  const asking = useValue(board.asking);
  const wire = looseWire(board, g, asking);
  const guides = g?.kind === 'move' ? g.guides : [];
  const marquee = g?.kind === 'marquee' && g.phase === 'dragging' ? g.rect : null;
  const placing = g?.kind === 'place' ? g : null;
  if (!wire && guides.length === 0 && !marquee && !placing?.rect) return null;
  return (
    <InDrawing>
      <svg className="overlay" style={{ zIndex: layer.loose }} aria-hidden="true">
        {marquee && <rect className="marquee" x={marquee.x} y={marquee.y} width={marquee.w} height={marquee.h} />}
        {guides.map((l) => (
          <path
            key={l.axis}
            className="guide"
            d={
              l.axis === 'x'
                ? `M${String(l.at)} ${String(l.from)}V${String(l.to)}`
                : `M${String(l.from)} ${String(l.at)}H${String(l.to)}`
            }
          />
        ))}
        {wire && (
          <g className={`loose ${wire.state}`}>
            <path className="loose-line" d={wire.d} />
            <path className="loose-tip" d={wire.tip} />
          </g>
        )}
      </svg>
      {placing?.rect && (
        <div
          className="placing"
          style={{
            transform: `translate(${String(placing.rect.x)}px, ${String(placing.rect.y)}px)`,
            width: placing.rect.w,
            height: placing.rect.h,
            zIndex: layer.ghosts,
          }}
        >
          <div className={`ghost ghost-${placing.spec.shape}`}>
            <img
              className="kind-icon"
              src={board.session.shelf.icon(placing.spec.id)}
              width={placing.spec.shape === 'node' ? 36 : 20}
              alt=""
            />
            <span>{placing.spec.title}</span>
          </div>
        </div>
      )}
    </InDrawing>
  );
}

interface Drawn {
  d: string;
  tip: string;
  state: '' | 'legal' | 'illegal';
}

function looseWire(board: Board, g: Gesture | null, asking: Asking | null): Drawn | null {
  if (g?.kind === 'connect' && g.phase === 'dragging') {
    const state = !g.over ? '' : (g.verdict?.ways.length ?? 0) > 0 ? 'legal' : 'illegal';
    return hang(board, g, landing(board, g), state);
  }
  if (asking?.kind === 'target' && asking.from) return hang(board, asking.from, asking.spot, '');
  if (asking?.kind === 'way') {
    const [way] = asking.ways;
    const from = { node: asking.from, port: way?.fromPort, dir: 'out' as const };
    const end = pointOf(board, asking.to, way?.toPort, 'in');
    return end && hang(board, from, end, 'legal');
  }
  return null;
}

function hang(board: Board, from: Loose, at: Point, state: Drawn['state']): Drawn | null {
  const start = pointOf(board, from.node, from.port, from.dir);
  if (!start) return null;
  const c = from.dir === 'out' ? curve(start, at, 0) : curve(at, start, 0);
  return { d: c.d, tip: c.tip, state };
}

function pointOf(board: Board, id: string, port: string | undefined, dir: Direction): Point | null {
  const n = board.design.nodes[id];
  return n ? portPoint(n, board.session.shelf.spec(n.kind), port ?? '', dir) : null;
}

/** A wire over a node that takes it lands on the port that it would be wired to. */
function landing(board: Board, g: Wiring): Point {
  const [way] = g.verdict?.ways ?? [];
  if (!g.over || !way) return g.at;
  return (
    (g.dir === 'out'
      ? pointOf(board, g.over.node, way.toPort, 'in')
      : pointOf(board, g.over.node, way.fromPort, 'out')) ?? g.at
  );
}

/** In page pixels, beside the pointer: why a wire is not legal, or what it will be; a kind that is not over the canvas yet. */
export function Beside(): ReactElement | null {
  const board = useBoard();
  const g = useValue(board.gesture);
  const { shelf } = board.session;
  const p = board.pointer;
  if (!p) return null;
  if (g?.kind === 'place' && !g.rect) {
    return (
      <div className="beside beside-kind" style={{ left: p.x, top: p.y }} aria-hidden="true">
        <img className="kind-icon" src={shelf.icon(g.spec.id)} width={20} height={20} alt="" />
        {g.spec.title}
      </div>
    );
  }
  if (g?.kind !== 'connect' || g.phase !== 'dragging' || !g.over || !g.verdict) return null;
  const [way] = g.verdict.ways;
  const text = way ? [shelf.verb(way.protocol), accesses(g)].filter(Boolean).join(' · ') : g.verdict.why;
  // Never off the page: a reason is at most as wide as this.
  const left = Math.min(p.x, window.innerWidth - 320);
  return (
    <div className={`beside ${way ? 'beside-legal' : 'beside-illegal'}`} style={{ left, top: p.y }} role="status">
      {text}
    </div>
  );
}

const accesses = (g: Wiring): string =>
  [...new Set((g.verdict?.ways ?? []).filter((w) => w.protocol === g.verdict?.ways[0]?.protocol).map((w) => w.access))]
    .filter(Boolean)
    .join(' / ');
