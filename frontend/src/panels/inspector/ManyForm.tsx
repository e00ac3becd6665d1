// Several records at once: how many of what, and the fields that all of them have. Where they differ it says "mixed".
import type { ReactElement } from 'react';
import type { Field } from '../../catalog/types';
import { setField } from '../../design/edits';
import type { EdgeRecord, NodeRecord } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { KindIcon } from '../../ui/icons';
import { Form } from './Form';
import { common } from './values';
import { wireFields } from './WireForm';

export function ManyForm({
  nodes,
  wires,
}: {
  nodes: readonly NodeRecord[];
  wires: readonly EdgeRecord[];
}): ReactElement {
  const session = useSession();
  const all = useStore(session.project, (p) => p?.design.nodes) ?? {};
  const readOnly = useStore(session.project, (p) => !!p?.readOnly);
  const { shelf } = session;
  const counts = new Map<string, number>();
  for (const n of nodes) counts.set(n.kind, (counts.get(n.kind) ?? 0) + 1);
  const port = (end: { node: string; port: string }) =>
    shelf.spec(all[end.node]?.kind ?? '').ports.find((p) => p.id === end.port);

  // Nodes come first: a marquee takes the wires among them along.
  const records: readonly (NodeRecord | EdgeRecord)[] = nodes.length > 0 ? nodes : wires;
  const fields: Field[] =
    nodes.length > 0
      ? common([...counts.keys()].map((k) => shelf.spec(k).fields))
      : common(wires.map((w) => wireFields(port(w.from), port(w.to))));
  const ids = records.map((r) => r.id);
  return (
    <>
      <header className="inspector-head">
        <div className="inspector-title">
          <h2>{nodes.length + wires.length} selected</h2>
          <ul className="inspector-counts">
            {[...counts].map(([kind, n]) => (
              <li key={kind}>
                <KindIcon url={shelf.icon(kind)} size={16} /> {n} × {shelf.spec(kind).title}
              </li>
            ))}
            {wires.length > 0 && (
              <li>
                {wires.length} {wires.length === 1 ? 'wire' : 'wires'}
              </li>
            )}
          </ul>
        </div>
      </header>
      {fields.length === 0 ? (
        <p className="quiet inspector-pad">They have no property in common.</p>
      ) : (
        <>
          {nodes.length > 0 && wires.length > 0 && <p className="quiet inspector-pad">Changes apply to the nodes.</p>}
          <Form
            fields={fields}
            records={records.map((r) => r.props)}
            disabled={readOnly}
            onSet={(f, v) => {
              void session.edit(
                setField(session.design, ids, f.name, v),
                `${f.title.toLowerCase()} of ${String(ids.length)} things`,
              );
            }}
          />
        </>
      )}
    </>
  );
}
