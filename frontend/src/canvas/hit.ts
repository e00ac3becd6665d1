// What lies under the pointer: records say so of themselves in the page (data-node, data-wire, data-port …).
import type { Direction } from '../catalog/types';
import type { Point } from '../design/geometry';
import type { ID } from '../design/types';
import type { Handle } from './gestures/resize';

/** What lies under a point of the page. */
export interface Hit {
  node?: ID;
  /** The open inside of a group, where dragging selects. */
  body?: boolean;
  port?: { node: ID; port: string; dir: Direction };
  handle?: Handle;
  wire?: ID;
  /** The label of the wire. */
  label?: boolean;
}

export function hitOf(el: Element | null): Hit {
  const node = el?.closest<HTMLElement>('[data-node]')?.dataset.node;
  if (!node) {
    const id = el?.closest<SVGElement>('[data-wire]')?.dataset.wire;
    return id ? { wire: id, label: !!el?.closest('.wire-label') } : {};
  }
  const hit: Hit = { node };
  const port = el.closest<HTMLElement>('[data-port]')?.dataset;
  if (port?.port) hit.port = { node, port: port.port, dir: port.dir as Direction };
  const handle = el.closest<HTMLElement>('[data-resize]')?.dataset.resize;
  if (handle) hit.handle = handle as Handle;
  if (el.closest('[data-body]')) hit.body = true;
  return hit;
}

/** The place of a pointer event. */
export const placeOf = (e: { clientX: number; clientY: number }): Point => ({ x: e.clientX, y: e.clientY });
