// All wires in one drawing below the boxes. Only those near the window are in the page, and only those whose ends moved
// are computed anew.
import { useStore as useFlow } from '@xyflow/react';
import { memo, type ReactElement, type ReactNode, useMemo, useRef } from 'react';
import { type Point, type Rect, rectOf, touches } from '../../design/geometry';
import type { Design, EdgeRecord, ID } from '../../design/types';
import { useStore } from '../../session/store';
import { type Displaced, layer } from '../boxes';
import { useBoard } from '../context';
import { hitOf } from '../hit';
import { type Curve, wireLabel } from '../geometry';
import { heldWire, onto } from '../board';
import { InDrawing } from './InDrawing';
import { markClass, markWords, useFindings, useMark } from './Paint';
import { useTurn } from './turn';
import './wires.css';

/** The window in coarse cells, so that panning and zooming ask for other wires only now and then. */
export function useWindow(): Rect {
  const cells = useFlow((s) => {
    const [x, y, zoom] = s.transform;
    // Between half a size and the next the cells stay, so that they cover the window at the smaller one.
    const coarse = 2 ** Math.floor(Math.log2(zoom));
    const step = 512 / coarse;
    const from = (v: number): number => Math.floor(-v / zoom / step) * step - step;
    return `${String(from(x))} ${String(from(y))} ${String(s.width / coarse + 3 * step)} ${String(s.height / coarse + 3 * step)}`;
  });
  return useMemo(() => {
    const [x = 0, y = 0, w = 0, h = 0] = cells.split(' ').map(Number);
    return { x, y, w, h };
  }, [cells]);
}

export const Wires = memo(function Wires({ design, shown }: { design: Design; shown: Displaced }): ReactElement {
  const board = useBoard();
  const { routes } = board;
  const { shelf } = board.session;
  const held = useStore(board.gesture, heldWire);
  const entered = useStore(board.gesture, onto);
  const window = useWindow();
  const { moving } = shown;
  // While something moves, only its own wires are drawn again; the others are not even compared.
  const [still, loose] = useMemo(() => {
    const edges = Object.values(design.edges);
    const moves = (e: EdgeRecord): boolean => moving.has(e.from.node) || moving.has(e.to.node);
    return [edges.filter((e) => !moves(e)), moving.size === 0 ? [] : edges.filter(moves)];
  }, [design.edges, moving]);
  const draw = (e: EdgeRecord, at: Displaced['at'], course: (e: EdgeRecord) => Curve | null): ReactElement | null => {
    const from = design.nodes[e.from.node];
    const to = design.nodes[e.to.node];
    const c = from && to && touches(window, around(at(from), at(to))) ? course(e) : null;
    if (!from || !to || !c) return null;
    const label = wireLabel(e, (p) => shelf.verb(p));
    const says = `Wire from ${from.name} to ${to.name}, ${shelf.verb(e.protocol)}${label ? `, ${label}` : ''}`;
    const hand = e.id === held ? 'held' : e.id === entered ? 'entered' : '';
    return <Wire key={e.id} id={e.id} from={from.id} to={to.id} curve={c} label={label} says={says} hand={hand} />;
  };
  const drawn = useMemo(
    () => still.map((e) => draw(e, rectOf, () => routes.of(design, e))),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- draw is what these are
    [still, design, routes, shelf, window, held, entered],
  );
  // A drawing for each: what is in a drawing that changes is painted again, all of it.
  return (
    <InDrawing>
      <Sheet>{drawn}</Sheet>
      {loose.length > 0 && (
        <Sheet>{loose.map((e) => draw(e, shown.at, () => routes.loose(design, e, shown.at)))}</Sheet>
      )}
    </InDrawing>
  );
});

function Sheet({ children }: { children: ReactNode }): ReactElement {
  const { looked } = useBoard();
  return (
    <svg
      className="wires"
      style={sheet}
      onPointerOver={(e) => {
        looked.set(hitOf(e.target as Element).wire ?? '');
      }}
      onPointerOut={(e) => {
        const to = e.relatedTarget instanceof Element ? hitOf(e.relatedTarget).wire : undefined;
        looked.set(to ?? '');
      }}
    >
      {children}
    </svg>
  );
}

const sheet = { zIndex: layer.wires };

const around = (a: Rect, b: Rect): Rect => {
  const x = Math.min(a.x, b.x) - 80;
  const y = Math.min(a.y, b.y) - 80;
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) + 80 - x, h: Math.max(a.y + a.h, b.y + b.h) + 80 - y };
};

interface WireProps {
  id: ID;
  from: ID;
  to: ID;
  curve: Curve;
  label: string;
  says: string;
  /** Its end is in the hand, or a node is over it that would come into it. */
  hand: '' | 'held' | 'entered';
}

const Wire = memo(function Wire({ id, from, to, curve: c, label, says, hand }: WireProps): ReactElement {
  const { session } = useBoard();
  const ref = useRef<SVGGElement>(null);
  useTurn(id, ref);
  const state = useStore(session.selection, (s) => (s.has(id) ? 'selected' : s.has(from) || s.has(to) ? 'near' : ''));
  const findings = useFindings(id);
  const mark = useMark(id);
  const worst = findings[0]?.severity ?? '';
  const about = [says, mark ? markWords(mark) : '', ...findings.map((f) => `${f.severity}: ${f.message}`)].filter(
    Boolean,
  );
  return (
    <g
      ref={ref}
      className={`wire ${state} ${hand} ${worst ? `wire-${worst}` : ''} ${markClass(mark)}`}
      data-wire={id}
      tabIndex={-1}
      role="img"
      aria-label={`${about.join(', ')}${state === 'selected' ? ', selected' : ''}`}
    >
      {findings.length > 0 && <title>{findings.map((f) => f.message).join('\n')}</title>}
      <path className="wire-hit" d={c.d} />
      <path className="wire-line" d={c.d} />
      <path className="wire-tip" d={c.tip} />
      {label && <WireLabel at={c.middle} text={label} />}
    </g>
  );
});

/** What a wire says. A press on it opens what the wire is and adds. */
export function WireLabel({ at, text }: { at: Point; text: string }): ReactElement {
  const width = labelWidth(text) + 12;
  return (
    <g className="wire-label" transform={`translate(${String(at.x)} ${String(at.y)})`}>
      <rect x={-width / 2} y={-9} width={width} height={18} rx={9} />
      <text y={3.5}>{text}</text>
    </g>
  );
}

const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a label is in its font; SVG would tell only after drawing it. */
function labelWidth(text: string): number {
  let w = widths.get(text);
  if (w === undefined) {
    pen ??= document.createElement('canvas').getContext('2d');
    if (pen) pen.font = '500 10.5px "Inter Variable", system-ui, sans-serif';
    w = pen?.measureText(text).width ?? text.length * 6;
    widths.set(text, w);
  }
  return w;
}
