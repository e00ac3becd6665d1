// The bar between two panels: dragged with the pointer, or moved with the arrow keys.
import type { ReactElement } from 'react';
import './splitter.css';

export function Splitter(props: {
  label: string;
  /** Which way the panel that it sizes lies. */
  panel: 'right' | 'bottom';
  size: number;
  min: number;
  max: number;
  onSize: (px: number) => void;
}): ReactElement {
  const clamp = (v: number): number => Math.round(Math.min(props.max, Math.max(props.min, v)));
  const across = props.panel === 'right';
  return (
    <div
      className={`splitter splitter-${props.panel}`}
      role="separator"
      aria-label={props.label}
      aria-orientation={across ? 'vertical' : 'horizontal'}
      aria-valuenow={props.size}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      tabIndex={0}
      onPointerDown={(e) => {
        if (e.button !== 0) return;
        const bar = e.currentTarget;
        bar.setPointerCapture(e.pointerId);
        const start = across ? e.clientX : e.clientY;
        const from = props.size;
        const move = (m: PointerEvent): void => {
          props.onSize(clamp(from - ((across ? m.clientX : m.clientY) - start)));
        };
        const end = (): void => {
          bar.removeEventListener('pointermove', move);
        };
        bar.addEventListener('pointermove', move);
        bar.addEventListener('lostpointercapture', end, { once: true });
      }}
      onKeyDown={(e) => {
        const step = e.shiftKey ? 64 : 16;
        const grow = across ? 'ArrowLeft' : 'ArrowUp';
        const shrink = across ? 'ArrowRight' : 'ArrowDown';
        if (e.key !== grow && e.key !== shrink) return;
        e.preventDefault();
        e.stopPropagation();
        props.onSize(clamp(props.size + (e.key === grow ? step : -step)));
      }}
    />
  );
}
