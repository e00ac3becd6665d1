// One node: its name, its fields, its code where it has some, what it adds to the template, and help.
import type { ReactElement } from 'react';
import { rename, setField } from '../../design/edits';
import type { NodeRecord } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { sentence } from '../../session/toasts';
import { KindIcon } from '../../ui/icons';
import { External } from '../parts/External';
import { without } from '../parts/name';
import { Notice } from '../parts/Notice';
import { Added } from './Added';
import { CodeView } from './CodeView';
import { useDraft } from './draft';
import { Form, Section } from './Form';
import { Prose } from './Prose';

export function NodeForm({ node }: { node: NodeRecord }): ReactElement {
  const session = useSession();
  const findings = useStore(session.project, (p) => p?.found.get(node.id));
  const readOnly = useStore(session.project, (p) => !!p?.readOnly);
  const spec = session.shelf.spec(node.kind);
  const known = session.shelf.knows(node.kind);
  const about = (findings ?? []).filter((f) => !f.field || !spec.fields.some((x) => x.name === f.field));
  const name = useDraft(
    node.name,
    (text) => {
      void session.edit(rename(session.design, node.id, text), `rename ${node.name}`);
    },
    (text) => text.trim(),
  );
  return (
    <>
      <header className="inspector-head">
        <KindIcon url={session.shelf.icon(node.kind)} size={28} />
        <div className="inspector-title">
          <input
            className="input inspector-name"
            aria-label="Name"
            spellCheck={false}
            autoComplete="off"
            disabled={readOnly}
            value={name.value}
            onChange={(e) => {
              name.onChange(e.target.value);
            }}
            onBlur={name.onBlur}
            onKeyDown={(e) => {
              e.stopPropagation();
              if (e.key === 'Enter') name.flush();
            }}
          />
          <p className="inspector-kind">
            {spec.title} <span className="mono">{node.id}</span>
          </p>
        </div>
      </header>
      {name.value.trim() === '' && <p className="field-wrong inspector-pad">A name is needed; the one before stays.</p>}
      {!known && (
        <div className="inspector-pad">
          <Notice tone="warn">
            This build does not know the kind “{node.kind}”. The node is kept as it is, and nothing is generated for it.
          </Notice>
        </div>
      )}
      {about.map((f, i) => (
        <div key={i} className="inspector-pad">
          <Notice tone={f.severity === 'error' ? 'danger' : f.severity === 'warning' ? 'warn' : 'info'}>
            <p>{sentence(without(node.name, f.message))}</p>
            {f.hint && <p className="quiet">{sentence(f.hint)}</p>}
            {f.source && <External url={f.source}>Why</External>}
          </Notice>
        </div>
      ))}
      <Form
        fields={spec.fields}
        records={[node.props]}
        findings={findings ?? []}
        name={node.name}
        disabled={readOnly}
        onSet={(f, v) => {
          void session.edit(setField(session.design, [node.id], f.name, v), `${f.title.toLowerCase()} of ${node.name}`);
        }}
      />
      {spec.shape === 'node' && (
        <>
          {spec.fields.some((f) => f.type === 'path') && <CodeView node={node.id} />}
          <Section title="What it adds" open={false}>
            <Added id={node.id} />
          </Section>
        </>
      )}
      {(spec.help || spec.doc) && (
        <Section title={`About ${spec.title}`} open={false}>
          <Prose text={spec.help} />
          {spec.doc && <External url={spec.doc}>Documentation of the service</External>}
        </Section>
      )}
    </>
  );
}
