// The canvas: React Flow shows boxes and owns pan and zoom; hands.ts turns the pointer into gestures.
import { type OnMove, ReactFlow, ReactFlowProvider, useReactFlow, useStore as useFlow } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { memo, type ReactElement, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { boundsOf } from '../design/geometry';
import { emptyDesign } from '../design/types';
import { useStore, useValue } from '../session/store';
import type { Board } from './board';
import { type Box, boxMaker, displaced, displaces } from './boxes';
import './canvas.css';
import { isTyping, listenClipboard } from './clipboard';
import { BoardContext, useBoard } from './context';
import type { Hands } from './hands';
import { hitOf, placeOf } from './hit';
import { Chips } from './parts/Chips';
import { Gone, ZoomControls } from './parts/Corner';
import { Dots } from './parts/Dots';
import { Front } from './parts/Front';
import { GhostBox, GroupBox, NoteBox } from './parts/Frames';
import { Map } from './parts/Map';
import { NodeBox } from './parts/NodeBox';
import { Beside, Overlay } from './parts/Overlay';
import { Questions } from './parts/Picker';
import { Teach } from './parts/Teach';
import { Wires } from './parts/Wires';
import { settle, startRename } from './verbs';
import { fitted, maxZoom, minZoom, type Size, viewOf } from './view';

/** React Flow styles its own "group", hence the other name. */
const shapes = { node: NodeBox, frame: GroupBox, note: NoteBox, ghost: GhostBox };
const none = emptyDesign();

export function Canvas({ board, hands }: { board: Board; hands: Hands }): ReactElement {
  return (
    <BoardContext value={board}>
      <ReactFlowProvider>
        <Surface hands={hands} />
        <Beside />
        <Questions />
      </ReactFlowProvider>
    </BoardContext>
  );
}

/** The element that takes the pointer and the keyboard. */
function Surface({ hands }: { hands: Hands }): ReactElement {
  const board = useBoard();
  const root = useRef<HTMLDivElement>(null);
  const count = useStore(board.session.project, (p) => Object.keys(p?.design.nodes ?? {}).length);
  const hand = useStore(board.tool, (t) => t === 'hand');
  const space = useValue(board.space);
  const holding = useStore(board.gesture, (g) =>
    !g ? '' : 'phase' in g && g.phase === 'pressed' ? '' : `holding-${g.kind}`,
  );
  const size = useSize(root);
  useView(root);
  useSpace();
  useTouch(root);
  useEffect(() => listenClipboard(board), [board]);

  return (
    <div
      ref={root}
      id="canvas"
      className={`canvas ${holding} ${hand || space ? 'hand' : ''}`}
      role="application"
      aria-roledescription="drawing"
      aria-label={
        count === 0
          ? 'Empty drawing. Press A to add a node.'
          : `Drawing with ${String(count)} nodes. Tab goes through them, Alt with arrows along the wires, question mark shows all keys.`
      }
      tabIndex={0}
      onPointerDown={(e) => {
        board.pointer = placeOf(e);
        hands.down(e.nativeEvent);
      }}
      onPointerMove={(e) => {
        board.pointer = placeOf(e);
      }}
      onContextMenu={(e) => {
        if (isTyping()) return;
        e.preventDefault();
        // A finger that rests has taken the node; what it lies on is asked about when it goes without having moved.
        if (board.gesture.get()) return;
        settle(board);
        const hit = hitOf(e.target as Element);
        const id = hit.body && !board.session.selection.get().has(hit.node ?? '') ? undefined : (hit.node ?? hit.wire);
        if (id && !board.session.selection.get().has(id)) board.turnTo(id);
        else if (!id) board.session.select([]);
        board.onMenu(placeOf(e));
      }}
      onDoubleClick={(e) => {
        const el = document.elementFromPoint(e.clientX, e.clientY);
        const hit = hitOf(el);
        if (isTyping() || hit.port) return;
        if (hit.wire) board.onProperties();
        else if (hit.node && !hit.body) startRename(board);
        else if (board.view && !board.session.readOnly && el?.closest('.react-flow__renderer')) {
          const at = placeOf(e);
          board.asking.set({ kind: 'target', at, from: null, spot: board.view.toCanvas(at), others: false });
        }
      }}
    >
      {size && <Scene panning={hand || space} size={size} />}
      {count === 0 && <Teach />}
      <Gone />
      <ZoomControls />
    </div>
  );
}

/** The size that the canvas begins with. The drawing waits for it: it is drawn once, where it will be seen. */
function useSize(root: React.RefObject<HTMLDivElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    if (root.current) setSize({ w: root.current.clientWidth, h: root.current.clientHeight });
  }, [root]);
  return size;
}

/** Makes the view known to the board, and shows the whole drawing when a project is opened. */
function useView(root: React.RefObject<HTMLDivElement | null>): void {
  const board = useBoard();
  const flow = useReactFlow();
  const path = useStore(board.session.project, (p) => p?.path);
  const ready = useFlow((s) => s.width > 0 && s.panZoom !== null);
  useLayoutEffect(() => {
    if (!root.current) return;
    const view = viewOf(flow as never, root.current);
    board.view = view;
    return () => {
      board.view = null;
    };
  }, [board, flow, root]);
  useEffect(() => {
    const all = boundsOf(board.shown.design);
    if (!ready || !board.view) return;
    if (all) board.view.fit(all);
    else void flow.setViewport({ x: 0, y: 0, zoom: 1 });
  }, [path, ready, board, flow]);
}

/** Fingers are the hands' own: React Flow would pan with the one that holds a node. */
function useTouch(root: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const el = root.current;
    const keep = (e: TouchEvent): void => {
      if (!(e.target as Element).closest('.react-flow__minimap')) e.stopPropagation();
    };
    el?.addEventListener('touchstart', keep, { capture: true, passive: true });
    return () => {
      el?.removeEventListener('touchstart', keep, { capture: true });
    };
  }, [root]);
}

/** Space makes the hand for as long as it is held. */
function useSpace(): void {
  const board = useBoard();
  useEffect(() => {
    const down = (e: KeyboardEvent): void => {
      if (e.code !== 'Space' || isTyping() || e.ctrlKey || e.altKey || e.metaKey) return;
      const on = document.activeElement;
      if (on !== document.body && !board.view?.element.contains(on)) return;
      if (on?.matches('button, [role=menuitem]')) return;
      e.preventDefault();
      board.space.set(true);
    };
    const up = (e: KeyboardEvent): void => {
      if (e.code === 'Space') board.space.set(false);
    };
    const blur = (): void => {
      board.space.set(false);
      settle(board);
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', blur);
    window.addEventListener('pagehide', blur);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', blur);
      window.removeEventListener('pagehide', blur);
    };
  }, [board]);
}

/**
 * While the window moves at one zoom, the drawing is a layer of its own, which is moved and not painted. While it zooms and
 * when it rests it is none: a layer is scaled as it was painted.
 */
function usePanning(): { onMoveStart: OnMove; onMove: OnMove; onMoveEnd: OnMove } {
  const board = useBoard();
  return useMemo(() => {
    let zoom = 0;
    const pans = (yes: boolean): void => {
      board.view?.element.toggleAttribute('data-pans', yes);
    };
    return {
      onMoveStart: (_, v) => {
        zoom = v.zoom;
      },
      onMove: (_, v) => {
        pans(v.zoom === zoom);
      },
      onMoveEnd: () => {
        pans(false);
      },
    };
  }, [board]);
}

const panWith = { hand: [0, 1], pointer: [1] };

/** The drawing itself. */
const Scene = memo(function Scene({ panning, size }: { panning: boolean; size: Size }): ReactElement {
  const board = useBoard();
  const { session } = board;
  const design = useStore(session.project, (p) => (p ? board.shown.design : none));
  const held = useStore(board.gesture, (g) => (displaces(g) ? g : null));
  const { shelf } = session;
  const boxes = useMemo(() => boxMaker(shelf), [shelf]);
  const shown = useMemo(() => displaced(design, held), [design, held]);
  const nodes = useMemo(() => boxes(design, shown), [boxes, design, shown]);
  const far = useFlow((s) => (s.transform[2] < 0.25 ? 'far farther' : s.transform[2] < 0.55 ? 'far' : ''));
  const moves = usePanning();
  const [first] = useState(() => {
    const all = boundsOf(board.shown.design);
    return all ? fitted(all, size) : { x: 0, y: 0, zoom: 1 };
  });
  return (
    <ReactFlow<Box>
      {...moves}
      className={far}
      defaultViewport={first}
      nodes={nodes}
      nodeTypes={shapes}
      onlyRenderVisibleElements
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      elementsSelectable={false}
      elevateNodesOnSelect={false}
      selectNodesOnDrag={false}
      disableKeyboardA11y
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      panActivationKeyCode={null}
      zoomActivationKeyCode={['Control', 'Meta']}
      panOnDrag={panning ? panWith.hand : panWith.pointer}
      panOnScroll
      panOnScrollSpeed={1}
      zoomOnPinch
      zoomOnDoubleClick={false}
      minZoom={minZoom}
      maxZoom={maxZoom}
    >
      <Dots />
      <Wires design={design} shown={shown} />
      <Chips design={design} shown={shown} />
      <Front design={design} shown={shown} />
      <Overlay />
      <Map design={design} />
    </ReactFlow>
  );
});
