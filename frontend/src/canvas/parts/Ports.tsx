import { memo, type ReactElement } from 'react';
import type { Spec } from '../../catalog/types';
import { portY } from '../geometry';

/** Where wires begin and end: one dot a port, inputs at the left and outputs at the right. The keyboard wires with W. */
export const Ports = memo(function Ports({ spec, height }: { spec: Spec; height: number }): ReactElement {
  return (
    <>
      {spec.ports.map((p) => (
        <span
          key={`${p.dir} ${p.id}`}
          className={`port port-${p.dir}`}
          style={{ top: portY(spec, p.id, p.dir, height) }}
          data-port={p.id}
          data-dir={p.dir}
          title={p.title}
          aria-hidden="true"
        />
      ))}
    </>
  );
});
