// What is selected, to be read and changed: a node, a wire, several of them, or the project itself.
import type { ReactElement } from 'react';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { Empty } from '../../ui/controls';
import '../parts/parts.css';
import './inspector.css';
import { ManyForm } from './ManyForm';
import { NodeForm } from './NodeForm';
import { ProjectFacts } from './ProjectFacts';
import { Tour } from './Tour';
import { WireForm } from './WireForm';

export function Inspector(): ReactElement {
  const session = useSession();
  const design = useStore(session.project, (p) => p?.design);
  const selection = useValue(session.selection);
  if (!design) {
    return (
      <div className="panel inspector">
        <Empty icon="file" title="No project is open" />
      </div>
    );
  }
  const nodes = [...selection].flatMap((id) => design.nodes[id] ?? []);
  const wires = [...selection].flatMap((id) => design.edges[id] ?? []);
  const [node] = nodes;
  const [wire] = wires;
  return (
    <div className="panel inspector">
      <div className="panel-body">
        {nodes.length + wires.length > 1 ? (
          <ManyForm key={[...selection].join(' ')} nodes={nodes} wires={wires} />
        ) : node ? (
          <NodeForm key={node.id} node={node} />
        ) : wire ? (
          <WireForm key={wire.id} wire={wire} />
        ) : (
          <ProjectFacts />
        )}
      </div>
      <Tour />
    </div>
  );
}
