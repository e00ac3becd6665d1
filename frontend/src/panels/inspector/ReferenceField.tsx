// A value that another node gives: picked from the drawing, shown as a chip with the attribute beside it.
import { type ReactElement, useId, useState } from 'react';
import { readingOrder } from '../../design/select';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { IconButton } from '../../ui/controls';
import { Icon, KindIcon } from '../../ui/icons';
import { useDraft } from './draft';
import { isAttribute, ref, type Reference, referTo } from './reference';

interface Props {
  label: string;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

/** Opens the list of nodes; what is chosen there takes the place of the value. */
export function ReferencePicker(p: Props): ReactElement | null {
  const session = useSession();
  const nodes = useStore(session.project, (x) => x?.design.nodes);
  const [open, setOpen] = useState(false);
  const offered = readingOrder(Object.values(nodes ?? {})).filter((n) => session.shelf.spec(n.kind).shape === 'node');
  if (!open)
    return (
      <IconButton
        icon="wire"
        size={15}
        label={`Take ${p.label} from another node`}
        disabled={p.disabled || offered.length === 0}
        onClick={() => {
          setOpen(true);
        }}
      />
    );
  return (
    <select
      className="select"
      autoFocus
      aria-label={`Node that gives ${p.label}`}
      value=""
      onChange={(e) => {
        setOpen(false);
        p.onChange(referTo(e.target.value, ref));
      }}
      onBlur={() => {
        setOpen(false);
      }}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === 'Escape') setOpen(false);
      }}
    >
      <option value="" disabled>
        From …
      </option>
      {offered.map((n) => (
        <option key={n.id} value={n.id}>
          {n.name} ({session.shelf.spec(n.kind).title})
        </option>
      ))}
    </select>
  );
}

export function ReferenceChip(p: Props & { id: string; reference: Reference }): ReactElement {
  return (
    <div className="reference" id={p.id}>
      {'param' in p.reference ? (
        <span className="reference-chip">
          <Icon name="wire" size={14} /> parameter {p.reference.param}
        </span>
      ) : (
        <NodeAttribute {...p} {...p.reference} />
      )}
      <IconButton
        icon="close"
        size={14}
        label={`Write ${p.label} instead`}
        disabled={p.disabled}
        onClick={() => {
          p.onChange(undefined);
        }}
      />
    </div>
  );
}

function NodeAttribute(p: Props & { node: string; attribute: string }): ReactElement {
  const session = useSession();
  const node = useStore(session.project, (x) => x?.design.nodes[p.node]);
  const list = useId();
  const d = useDraft(p.attribute, (text) => {
    if (isAttribute(text.trim())) p.onChange(referTo(p.node, text.trim()));
  });
  return (
    <>
      <button
        type="button"
        className="reference-chip"
        data-missing={!node || undefined}
        title={node ? `Select ${node.name}` : 'This node is no longer there'}
        disabled={!node}
        onClick={() => {
          session.select([p.node]);
        }}
      >
        {node ? <KindIcon url={session.shelf.icon(node.kind)} size={14} /> : <Icon name="findings" size={14} />}
        {node?.name ?? p.node}
      </button>
      <input
        className="input mono"
        list={list}
        aria-label={`Attribute that gives ${p.label}`}
        title="Ref is the node’s name or address, Arn its ARN"
        spellCheck={false}
        autoComplete="off"
        disabled={p.disabled}
        aria-invalid={!isAttribute(d.value.trim())}
        value={d.value}
        onChange={(e) => {
          d.onChange(e.target.value);
        }}
        onBlur={d.onBlur}
        onKeyDown={(e) => {
          e.stopPropagation();
          if (e.key === 'Enter') d.flush();
        }}
      />
      <datalist id={list}>
        <option value={ref} />
        <option value="Arn" />
      </datalist>
    </>
  );
}
