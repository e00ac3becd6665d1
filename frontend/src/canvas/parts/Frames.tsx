// Groups and notes: what is drawn around and beside the nodes. Both can be resized by their sides and corners.
import type { NodeProps } from '@xyflow/react';
import { memo, type ReactElement, useRef } from 'react';
import { isDefault, valueOf } from '../../catalog/fields';
import { fieldOf, textOf } from '../../catalog/summary';
import type { Spec } from '../../catalog/types';
import { type ID, isFolded, type NodeRecord } from '../../design/types';
import { useStore } from '../../session/store';
import { Icon } from '../../ui/icons';
import { Markdown } from '../../ui/markdown';
import type { Board } from '../board';
import type { Box } from '../boxes';
import { useBoard } from '../context';
import type { Handle } from '../gestures/resize';
import { toggleFold } from '../verbs';
import { describe } from './NodeBox';
import { Rename } from './Rename';
import { useTurn } from './turn';

const handles: readonly Handle[] = ['n', 'e', 's', 'w', 'ne', 'se', 'sw', 'nw'];

function Handles(): ReactElement {
  return (
    <>
      {handles.map((h) => (
        <span key={h} className={`resize resize-${h}`} data-resize={h} aria-hidden="true" />
      ))}
    </>
  );
}

export const GroupBox = memo(
  function GroupBox({ data: { record } }: NodeProps<Box>): ReactElement {
    const board = useBoard();
    const { id } = record;
    const ref = useRef<HTMLDivElement>(null);
    useTurn(id, ref);
    const selected = useStore(board.session.selection, (s) => s.has(id));
    const renaming = useStore(board.renaming, (r) => r === id);
    const folded = isFolded(record);
    const entered = useStore(board.gesture, (g) => (g?.kind === 'move' || g?.kind === 'place') && g.into === id);
    const spec = board.session.shelf.spec(record.kind);
    const color = textOf(spec, record.props, 'color') || 'gray';
    const said = meaning(spec, record.props);
    const within = useStore(board.session.selection, (s) => folded && !s.has(id) && standsFor(board, id, s));
    const fold = (
      <button
        type="button"
        className="fold"
        tabIndex={-1}
        aria-expanded={!folded}
        aria-label={folded ? 'Open' : 'Collapse'}
        title={`${folded ? 'Open' : 'Collapse'}  C`}
        onClick={() => {
          toggleFold(board, [id]);
        }}
      >
        <Icon name="chevron" size={13} />
      </button>
    );
    if (folded) {
      const count = `${String(record.holds)} ${record.holds === 1 ? 'node' : 'nodes'}`;
      return (
        <div
          ref={ref}
          className={`group folded tint-${color} ${selected ? 'selected' : ''} ${within ? 'within' : ''}`}
          data-node={id}
          tabIndex={-1}
          role="group"
          aria-label={describe(record, [spec.title, `collapsed, ${count}`, selected ? 'selected' : ''])}
        >
          {fold}
          <div className="box-text">
            {renaming ? (
              <Rename id={id} value={record.name} label="Name" />
            ) : (
              <div className="box-name">
                <span>{record.name}</span>
                {record.locked && <Icon name="lock" size={12} />}
              </div>
            )}
            <div className="box-kind">{said || spec.title}</div>
          </div>
          <span className="fold-count" title={count}>
            {record.holds}
          </span>
        </div>
      );
    }
    return (
      <div
        ref={ref}
        className={`group tint-${color} ${selected ? 'selected' : ''} ${entered ? 'entered' : ''}`}
        data-node={id}
        tabIndex={-1}
        role="group"
        aria-label={describe(record, [spec.title, selected ? 'selected' : ''])}
      >
        <div className="group-head">
          {fold}
          {renaming ? <Rename id={id} value={record.name} label="Name" /> : <span>{record.name}</span>}
          {record.locked && <Icon name="lock" size={12} />}
          {said && <span className="group-role">{said}</span>}
        </div>
        <div className="group-body" data-body />
        {selected && !record.locked && <Handles />}
      </div>
    );
  },
  (a, b) => a.data === b.data,
);

/** What a group stands for, where somebody has said so. */
function meaning(spec: Spec, props: NodeRecord['props']): string {
  const f = spec.fields.find((x) => x.type === 'choice');
  return f && !isDefault(props, f) ? String(valueOf(props, f)) : '';
}

/** Whether something that is selected lies in a collapsed group. */
function standsFor(board: Board, group: ID, selection: ReadonlySet<ID>): boolean {
  const { hidden } = board.shown;
  return [...selection].some((s) => hidden.get(s) === group);
}

export const NoteBox = memo(
  function NoteBox({ data: { record } }: NodeProps<Box>): ReactElement {
    const board = useBoard();
    const { id } = record;
    const ref = useRef<HTMLDivElement>(null);
    useTurn(id, ref);
    const selected = useStore(board.session.selection, (s) => s.has(id));
    const renaming = useStore(board.renaming, (r) => r === id);
    const spec = board.session.shelf.spec(record.kind);
    const text = textOf(spec, record.props, 'longtext');
    return (
      <div
        ref={ref}
        className={`note-box note-${textOf(spec, record.props, 'color') || 'amber'} ${selected ? 'selected' : ''}`}
        data-node={id}
        tabIndex={-1}
        role="group"
        aria-label={describe(record, [spec.title, text, selected ? 'selected' : ''])}
      >
        {renaming ? (
          <Rename id={id} value={text} label="Text" field={fieldOf(spec, 'longtext')?.name} long />
        ) : (
          <div className="note-text">
            {text ? <Markdown text={text} lines="stay" /> : <span className="note-empty">Double-click to write</span>}
          </div>
        )}
        {record.locked && <Icon name="lock" size={12} />}
        {selected && !record.locked && <Handles />}
      </div>
    );
  },
  (a, b) => a.data === b.data,
);

/** A copy on its way, or a node that is not there yet. */
export const GhostBox = memo(
  function GhostBox({ data: { record } }: NodeProps<Box>): ReactElement {
    const { shelf } = useBoard().session;
    const spec = shelf.spec(record.kind);
    return (
      <div className={`ghost ghost-${spec.shape}`} aria-hidden="true">
        <img className="kind-icon" src={shelf.icon(record.kind)} width={spec.shape === 'node' ? 36 : 20} alt="" />
        <span>{record.name}</span>
      </div>
    );
  },
  (a, b) => a.data === b.data,
);
