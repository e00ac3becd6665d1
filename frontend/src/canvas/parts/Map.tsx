// A map of the drawing where it does not fit on the screen: one path for all boxes of a shape, and the window over them.
// React Flow's own watches every node by itself, which a large drawing pays for with every movement.
import { Panel, useStore as useFlow } from '@xyflow/react';
import { memo, type ReactElement, useEffect, useMemo, useRef } from 'react';
import { bounds, boundsOf, type Rect, rectOf } from '../../design/geometry';
import type { Design } from '../../design/types';
import { useStore } from '../../session/store';
import { useBoard } from '../context';
import { placeOf } from '../hit';

const size = { w: 168, h: 112 };
/** What is left free around, in the map's pixels, and how round its boxes are, in canvas units. */
const margin = 5;
const round = 10;

export const Map = memo(function Map({ design }: { design: Design }): ReactElement | null {
  const board = useBoard();
  const wanted = useStore(board.session.prefs, (p) => p.minimap);
  const box = useMemo(() => boundsOf(design), [design]);
  const leaves = useFlow((s) => {
    const [x, y, zoom] = s.transform;
    if (!box || s.width === 0) return false;
    const left = box.x * zoom + x;
    const top = box.y * zoom + y;
    return left < -8 || top < -8 || left + box.w * zoom > s.width + 8 || top + box.h * zoom > s.height + 8;
  });
  return wanted && leaves && box ? <Sheet design={design} box={box} /> : null;
});

function Sheet({ design, box }: { design: Design; box: Rect }): ReactElement {
  const board = useBoard();
  const [x, y, zoom] = useFlow((s) => s.transform);
  const width = useFlow((s) => s.width);
  const height = useFlow((s) => s.height);
  const window = { x: -x / zoom, y: -y / zoom, w: width / zoom, h: height / zoom };
  const all = bounds([box, window]) ?? box;
  const scale = Math.max(all.w / size.w, all.h / size.h);
  const view = {
    w: (size.w + 2 * margin) * scale,
    h: (size.h + 2 * margin) * scale,
    x: all.x - (size.w * scale - all.w) / 2 - margin * scale,
    y: all.y - (size.h * scale - all.h) / 2 - margin * scale,
  };
  const ref = useRef<SVGSVGElement>(null);
  const last = useRef({ x: 0, y: 0 });
  useEffect(() => {
    // React listens for the wheel without being able to keep the page from taking it.
    const el = ref.current;
    const wheel = (e: WheelEvent): void => {
      e.preventDefault();
      e.stopPropagation();
      board.view?.zoomTo(board.view.zoom() * 2 ** (-e.deltaY * (e.deltaMode === 1 ? 0.05 : 0.002)));
    };
    el?.addEventListener('wheel', wheel, { passive: false });
    return () => {
      el?.removeEventListener('wheel', wheel);
    };
  }, [board]);
  return (
    <Panel position="bottom-right" className="react-flow__minimap">
      <svg
        ref={ref}
        className="react-flow__minimap-svg"
        width={size.w}
        height={size.h}
        viewBox={`${String(view.x)} ${String(view.y)} ${String(view.w)} ${String(view.h)}`}
        role="img"
        aria-label="Map of the drawing"
        onPointerDown={(e) => {
          last.current = placeOf(e);
          e.currentTarget.setPointerCapture(e.pointerId);
        }}
        onPointerMove={(e) => {
          if (!e.currentTarget.hasPointerCapture(e.pointerId)) return;
          const by = (view.w / size.w) * zoom;
          const to = placeOf(e);
          board.view?.panBy({ x: (last.current.x - to.x) * by, y: (last.current.y - to.y) * by });
          last.current = to;
        }}
      >
        <Boxes design={design} />
        <path
          className="react-flow__minimap-mask"
          fillRule="evenodd"
          pointerEvents="none"
          d={`${frame(view)}${frame(window)}`}
        />
      </svg>
    </Panel>
  );
}

const Boxes = memo(function Boxes({ design }: { design: Design }): ReactElement {
  const { shelf } = useBoard().session;
  const paths = { group: '', note: '', node: '' };
  for (const n of Object.values(design.nodes)) {
    const { x, y, w, h } = rectOf(n);
    const inner = { x: x + round, y: y + round, w: Math.max(1, w - 2 * round), h: Math.max(1, h - 2 * round) };
    paths[shelf.spec(n.kind).shape] += frame(inner);
  }
  return (
    <>
      <path className="react-flow__minimap-node map-frame" d={paths.group} />
      <path className="react-flow__minimap-node map-note" d={paths.note} />
      <path className="react-flow__minimap-node map-node" d={paths.node} />
    </>
  );
});

const frame = ({ x, y, w, h }: Rect): string => `M${String(x)} ${String(y)}h${String(w)}v${String(h)}h${String(-w)}z`;
