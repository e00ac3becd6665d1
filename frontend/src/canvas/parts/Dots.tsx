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
  const size = `${String(step)}px ${String(step)}px`;
  const at = (v: number): string => `${String((((v - step / 2) % step) + step) % step)}px`;
  return (
    <div
      className="dots"
      style={
        {
          inset: -step,
          backgroundSize: size,
          '--dot': `${String(radius * zoom)}px`,
          transform: `translate(${at(x)}, ${at(y)})`,
        } as React.CSSProperties
      }
      aria-hidden="true"
    />
  );
});
