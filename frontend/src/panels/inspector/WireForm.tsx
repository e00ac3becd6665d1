// One wire: what it runs between, how (protocol and access), its properties, and what it adds.
import type { ReactElement } from 'react';
import { canConnect } from '../../catalog/connect';
import type { Field, Port } from '../../catalog/types';
import { setField, setWire } from '../../design/edits';
import type { EdgeRecord } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { sentence } from '../../session/toasts';
import { Icon, KindIcon } from '../../ui/icons';
import { Notice } from '../parts/Notice';
import { Added } from './Added';
import { Form, Section } from './Form';

/** The properties of a wire: those of the port where it begins, then those of the port where it ends. */
export function wireFields(from: Port | undefined, to: Port | undefined): Field[] {
  const out = [...(from?.fields ?? [])];
  for (const f of to?.fields ?? []) if (!out.some((o) => o.name === f.name)) out.push(f);
  return out;
}

export function WireForm({ wire }: { wire: EdgeRecord }): ReactElement {
  const session = useSession();
  const nodes = useStore(session.project, (p) => p?.design.nodes) ?? {};
  const findings = useStore(session.project, (p) => p?.found.get(wire.id));
  const readOnly = useStore(session.project, (p) => !!p?.readOnly);
  const { shelf } = session;
  const ends = [wire.from, wire.to].map((end) => {
    const node = nodes[end.node];
    const spec = shelf.spec(node?.kind ?? '');
    return { node, spec, name: node?.name ?? end.node, port: spec.ports.find((p) => p.id === end.port) };
  });
  const [from, to] = ends;
  const matches = from?.port && to?.port ? canConnect(from.port, to.port) : [];
  const ways = matches.flatMap((m) => m.access.map((access) => ({ protocol: m.protocol, access })));
  const now = ways.findIndex((w) => w.protocol === wire.protocol && w.access === (wire.access ?? ''));
  const say = (w: { protocol: string; access: string }): string =>
    w.access ? `${shelf.verb(w.protocol)} · ${w.access}` : shelf.verb(w.protocol);
  const help = shelf.protocols.find((p) => p.id === wire.protocol)?.help;
  const label = `${from?.name ?? ''} → ${to?.name ?? ''}`;
  const about = (findings ?? []).filter((f) => !f.field);
  return (
    <>
      <header className="inspector-head">
        <div className="wire-ends">
          {ends.map((e, i) => (
            <span key={i} className="wire-end">
              {i === 1 && <Icon name="wire" />}
              <button
                type="button"
                disabled={!e.node}
                title={e.port?.title ?? ''}
                onClick={() => {
                  if (e.node) session.select([e.node.id]);
                }}
              >
                <KindIcon url={shelf.icon(e.node?.kind ?? '')} size={18} />
                {e.name}
              </button>
            </span>
          ))}
        </div>
      </header>
      {about.map((f, i) => (
        <div key={i} className="inspector-pad">
          <Notice tone={f.severity === 'error' ? 'danger' : f.severity === 'warning' ? 'warn' : 'info'}>
            <p>{sentence(f.message)}</p>
            {f.hint && <p className="quiet">{sentence(f.hint)}</p>}
          </Notice>
        </div>
      ))}
      <div className="fields">
        <div className="field">
          <div className="field-head">
            <label htmlFor="wire-way">How it is wired</label>
          </div>
          <select
            id="wire-way"
            className="select"
            aria-invalid={now < 0}
            disabled={readOnly || (ways.length < 2 && now >= 0)}
            value={now}
            onKeyDown={(e) => {
              e.stopPropagation();
            }}
            onChange={(e) => {
              const w = ways[Number(e.target.value)];
              if (w) void session.edit(setWire(session.design, wire.id, w.protocol, w.access), `wiring of ${label}`);
            }}
          >
            {now < 0 && (
              <option value={-1}>{say({ protocol: wire.protocol, access: wire.access ?? '' })} (not possible)</option>
            )}
            {ways.map((w, i) => (
              <option key={`${w.protocol} ${w.access}`} value={i}>
                {say(w)}
              </option>
            ))}
          </select>
          {now < 0 && (
            <p className="field-wrong">These two cannot be wired like this. Choose another way, or remove the wire.</p>
          )}
          {help && <p className="field-note">{help}</p>}
        </div>
      </div>
      <Form
        fields={wireFields(from?.port, to?.port)}
        records={[wire.props]}
        findings={findings ?? []}
        disabled={readOnly}
        onSet={(f, v) => {
          void session.edit(setField(session.design, [wire.id], f.name, v), `${f.title.toLowerCase()} of ${label}`);
        }}
      />
      <Section title="What it adds" open>
        <Added id={wire.id} />
      </Section>
    </>
  );
}
