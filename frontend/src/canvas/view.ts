// What the canvas shows of the drawing: the window's place and zoom. React Flow owns both; this is how the rest asks.
import type { ReactFlowInstance } from '@xyflow/react';
import type { Point, Rect } from '../design/geometry';

export const minZoom = 0.08;
export const maxZoom = 4;

export type Size = Pick<Rect, 'w' | 'h'>;

export interface View {
  element: HTMLElement;
  /** Page pixels to canvas units, and back. */
  toCanvas(p: Point): Point;
  toPage(p: Point): Point;
  zoom(): number;
  /** The part of the drawing that is on the screen. */
  window(): Rect;
  /** Shows a rectangle whole, never larger than life. */
  fit(r: Rect): void;
  /** Moves just so far that a rectangle is on the screen. */
  reveal(r: Rect): void;
  /** Zooms about the middle of the window. */
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
  /** Moves the window by page pixels. */
  panBy(p: Point): void;
  /** Moves the window by page pixels to a place and zooms about it: what lay under the fingers stays there. */
  shift(at: Point, by: Point, factor: number): void;
}

/** What is left free around a drawing that is shown whole: little in a small window. */
const margin = (w: number, h: number): number => Math.max(8, Math.min(36, 0.06 * Math.min(w, h)));
/** The person wants nothing to move by itself. */
export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
const clamp = (z: number): number => Math.min(maxZoom, Math.max(minZoom, z));

/** Where a rectangle is seen whole, never larger than life, in a window of a size. */
export function fitted(r: Rect, { w, h }: Size): { x: number; y: number; zoom: number } {
  const free = 2 * margin(w, h);
  const zoom = clamp(Math.min(1, (w - free) / Math.max(r.w, 1), (h - free) / Math.max(r.h, 1)));
  return { x: w / 2 - (r.x + r.w / 2) * zoom, y: h / 2 - (r.y + r.h / 2) * zoom, zoom };
}

export function viewOf(flow: ReactFlowInstance, element: HTMLElement): View {
  const glide = (): { duration: number } => ({ duration: calm() ? 0 : 180 });
  const size = (): Size => ({ w: element.clientWidth, h: element.clientHeight });
  const view: View = {
    element,
    toCanvas: (p) => flow.screenToFlowPosition(p, { snapToGrid: false }),
    toPage: (p) => flow.flowToScreenPosition(p),
    zoom: () => flow.getZoom(),
    window: () => {
      const v = flow.getViewport();
      const { w, h } = size();
      return { x: -v.x / v.zoom, y: -v.y / v.zoom, w: w / v.zoom, h: h / v.zoom };
    },
    fit: (r) => {
      const v = flow.getViewport();
      const to = fitted(r, size());
      if (to.x !== v.x || to.y !== v.y || to.zoom !== v.zoom) void flow.setViewport(to, glide());
    },
    reveal: (r) => {
      const v = flow.getViewport();
      const { w, h } = size();
      const by = {
        x: shift(r.x * v.zoom + v.x, (r.x + r.w) * v.zoom + v.x, w),
        y: shift(r.y * v.zoom + v.y, (r.y + r.h) * v.zoom + v.y, h),
      };
      if (by.x || by.y) void flow.setViewport({ x: v.x + by.x, y: v.y + by.y, zoom: v.zoom }, glide());
    },
    zoomBy: (factor) => {
      view.zoomTo(flow.getZoom() * factor);
    },
    zoomTo: (wanted) => {
      const v = flow.getViewport();
      const zoom = clamp(wanted);
      const { w, h } = size();
      const keep = (at: number, offset: number): number => at - ((at - offset) / v.zoom) * zoom;
      void flow.setViewport({ x: keep(w / 2, v.x), y: keep(h / 2, v.y), zoom }, glide());
    },
    panBy: (p) => {
      const v = flow.getViewport();
      void flow.setViewport({ x: v.x + p.x, y: v.y + p.y, zoom: v.zoom });
    },
    shift: (at, by, factor) => {
      const v = flow.getViewport();
      const r = element.getBoundingClientRect();
      const zoom = clamp(v.zoom * factor);
      const keep = (to: number, from: number, offset: number): number => to - ((from - offset) / v.zoom) * zoom;
      const [x, y] = [at.x - r.left, at.y - r.top];
      void flow.setViewport({ x: keep(x, x - by.x, v.x), y: keep(y, y - by.y, v.y), zoom });
    },
  };
  return view;
}

/** How far a span must move to lie within a length, its start first where it is too long. */
function shift(start: number, end: number, length: number): number {
  const edge = 24;
  if (start < edge) return edge - start;
  if (end > length - edge) return Math.max(length - edge - end, edge - start);
  return 0;
}
