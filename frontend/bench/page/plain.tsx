// The same drawing in React Flow as its documentation shows it (https://reactflow.dev/learn): state in its hooks, a memoized
// custom node of like richness, its own wires with labels. No map of the drawing, which ours has: plain is to be fast.
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
  useEdgesState,
  useNodesState,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { memo, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { fakeKinds, fakeProtocols } from '../../src/bridge/fakeshelf';
import { Shelf } from '../../src/catalog/shelf';
import { summary } from '../../src/catalog/summary';
import type { Design, ID } from '../../src/design/types';
import { painted, recorder } from './frames';
import { middle } from './drawing';
import { middleOf } from './ours';
import './plain.css';
import type { Stage } from './stage';

type Box = Node<{ name: string; kind: string; info: string; icon: string }, 'box'>;

const PlainBox = memo(function PlainBox({ data, selected }: NodeProps<Box>) {
  return (
    <div className={selected ? 'plain selected' : 'plain'}>
      <Handle type="target" position={Position.Left} />
      <img src={data.icon} width={36} height={36} alt="" />
      <div className="plain-text">
        <div className="plain-name">{data.name}</div>
        <div className="plain-kind">{data.kind}</div>
        <div className="plain-info">{data.info}</div>
      </div>
      <Handle type="source" position={Position.Right} />
    </div>
  );
});

const nodeTypes = { box: PlainBox };

interface Held {
  flow?: ReactFlowInstance<Box>;
  select?: (ids: ID[]) => void;
}

function Page({ nodes: given, edges: wires, held }: { nodes: Box[]; edges: Edge[]; held: Held }) {
  const [nodes, setNodes, onNodesChange] = useNodesState(given);
  const [edges, , onEdgesChange] = useEdgesState(wires);
  held.select = (ids) => {
    const chosen = new Set(ids);
    setNodes((all) => all.map((n) => ({ ...n, selected: chosen.has(n.id) })));
  };
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onInit={(flow) => {
        held.flow = flow;
      }}
      minZoom={0.05}
      maxZoom={4}
      panOnScroll
      fitView
    >
      <Background gap={24} />
      <Controls />
    </ReactFlow>
  );
}

export function plain(design: Design, root: HTMLElement): Stage {
  const shelf = new Shelf(fakeKinds, fakeProtocols);
  const held: Held = {};
  const nodes = Object.values(design.nodes).map(({ id, kind, name, x, y, props }): Box => {
    const spec = shelf.spec(kind);
    const data = { name, kind: spec.title, info: summary(spec, props), icon: shelf.icon(kind) };
    return { id, type: 'box', position: { x, y }, data };
  });
  const edges = Object.values(design.edges).map(({ id, from, to, access }): Edge => ({
    id,
    source: from.node,
    target: to.node,
    label: access,
  }));
  return {
    ...recorder(),
    mount: async () => {
      const start = performance.timeOrigin + performance.now();
      createRoot(root).render(
        <StrictMode>
          <Page nodes={nodes} edges={edges} held={held} />
        </StrictMode>,
      );
      await new Promise(requestAnimationFrame);
      const whole = { nodes: nodes.length, wires: edges.length, node: 'plain', wire: 'react-flow__edge' };
      return (await painted(whole)) - start;
    },
    all: () => {
      void held.flow?.fitView({ padding: 0.04, maxZoom: 1 });
    },
    near: () => {
      const { x = 0, y = 0 } = design.nodes[middle(nodes.length, 1)[0] ?? ''] ?? {};
      void held.flow?.setCenter(x + 100, y + 32, { zoom: 1 });
    },
    select: (ids) => held.select?.(ids),
    at: (id) => middleOf(root.querySelector(`.react-flow__node[data-id="${id}"]`)),
    ids: (count) => middle(nodes.length, count),
    saved: () => Promise.reject(new Error('a plain page saves nothing')),
  };
}
