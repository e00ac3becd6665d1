// The dots of the paper. While the drawing is panned they move as a layer that is painted already; React Flow's own
// background is painted anew with every movement.
import { useStore as useFlow } from '@xyflow/react';
import { memo, type ReactElement } from 'react';

const gap = 24;
const radius = 0.75;

export const Dots = memo(function Dots(): ReactElement | null {
  const [x, y, zoom] = useFlow((s) => s.transform);
  const step = gap * zoom;
  // From afar they would be dust: less than a hundredth of the paper.
  if (step < 6) return null;
  const r = radius * zoom;
  // A dot with a soft edge of one pixel and as much ink as a sharp one; less than a pixel wide it is paler, not smaller.
  const edge = Math.sqrt(Math.max(r, 0.5) ** 2 - 1 / 12);
  const ink = 100 * Math.min(1, (r / 0.5) ** 2);
  const size = `${String(step)}px ${String(step)}px`;
  const at = (v: number): string => `${String((((v - step / 2) % step) + step) % step)}px`;
  const style = {
    inset: -step,
    backgroundSize: size,
    '--edge': `${String(edge)}px`,
    '--ink': `${String(ink)}%`,
    transform: `translate(${at(x)}, ${at(y)})`,
  };
  return <div className="dots" style={style} aria-hidden="true" />;
});
