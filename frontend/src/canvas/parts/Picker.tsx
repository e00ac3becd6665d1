// The questions of the canvas: what comes to the end of a wire (or here), and which of several ways a wire goes.
import { type ReactElement, useMemo, useState } from 'react';
import type { Way } from '../../catalog/connect';
import { useValue } from '../../session/store';
import { Icon, KindIcon } from '../../ui/icons';
import { Popover } from '../../ui/menu';
import type { Asking } from '../board';
import { type Choice, choices } from '../choices';
import { useBoard } from '../context';
import { around } from '../gestures/place';
import { add, addAtEnd, wire, wireTo } from '../verbs';
import './picker.css';

export function Questions(): ReactElement | null {
  const board = useBoard();
  const asking = useValue(board.asking);
  if (!asking) return null;
  return asking.kind === 'target' ? (
    <Target key={key(asking)} asking={asking} />
  ) : (
    <Ways key={key(asking)} asking={asking} />
  );
}

const key = (a: Asking): string => `${a.kind} ${String(a.at.x)} ${String(a.at.y)}`;

function Target({ asking }: { asking: Extract<Asking, { kind: 'target' }> }): ReactElement {
  const board = useBoard();
  const { from, spot, at, others } = asking;
  const { shelf } = board.session;
  const [query, setQuery] = useState('');
  const [index, setIndex] = useState(0);
  const list = useMemo(() => choices(board, from, others, query), [board, from, others, query]);
  const source = board.design.nodes[from?.node ?? ''];
  const active = Math.min(index, list.length - 1);
  const close = (): void => {
    board.asking.set(null);
    board.takeFocus();
  };
  const choose = (c: Choice | undefined): void => {
    if (!c) return;
    close();
    if (c.kind === 'node') {
      if (from) wireTo(board, from, c.node.id, at);
    } else if (from && c.way) addAtEnd(board, from, c.spec, c.way, spot);
    else add(board, c.spec, around(c.spec, spot));
  };
  const title = source ? (from?.dir === 'out' ? `Wire ${source.name} to` : `Wire ${source.name} from`) : 'Add a node';
  const firstKind = list.findIndex((c) => c.kind === 'kind');
  return (
    <Popover label={title} at={at} onClose={close} role="dialog">
      <div className="picker">
        <input
          data-first
          className="input"
          role="combobox"
          aria-expanded="true"
          aria-controls="picker-list"
          aria-activedescendant={active >= 0 ? `picker-${String(active)}` : undefined}
          aria-label={title}
          placeholder={title}
          value={query}
          spellCheck={false}
          onChange={(e) => {
            setQuery(e.target.value);
            setIndex(0);
          }}
          onKeyDown={(e) => {
            if (e.key === 'Enter') choose(list[active]);
            else if (e.key === 'ArrowDown') setIndex((active + 1) % Math.max(1, list.length));
            else if (e.key === 'ArrowUp') setIndex((active - 1 + list.length) % Math.max(1, list.length));
            else if (e.key !== 'Tab') return;
            e.preventDefault();
            if (e.key.startsWith('Arrow')) e.stopPropagation();
          }}
        />
        <div id="picker-list" role="listbox" aria-label={title} className="picker-list">
          {list.map((c, i) => (
            <div key={c.kind === 'node' ? c.node.id : c.spec.id}>
              {others && i === 0 && firstKind !== 0 && <div className="menu-title">On the drawing</div>}
              {others && i === firstKind && <div className="menu-title">New</div>}
              <PickerRow
                id={`picker-${String(i)}`}
                icon={shelf.icon(c.kind === 'node' ? c.node.kind : c.spec.id)}
                title={c.kind === 'node' ? c.node.name : c.spec.title}
                detail={c.way ? wayWords(c.way, (p) => shelf.verb(p)) : c.kind === 'kind' ? c.spec.category : ''}
                active={i === active}
                onHover={() => {
                  setIndex(i);
                }}
                onChoose={() => {
                  choose(c);
                }}
              />
            </div>
          ))}
          {list.length === 0 && (
            <p className="picker-none">
              {query ? 'Nothing matches.' : `Nothing can be wired ${from?.dir === 'in' ? 'into' : 'from'} it.`}
            </p>
          )}
        </div>
      </div>
    </Popover>
  );
}

function PickerRow(props: {
  id: string;
  icon: string;
  title: string;
  detail: string;
  active: boolean;
  onHover: () => void;
  onChoose: () => void;
}): ReactElement {
  return (
    <div
      id={props.id}
      role="option"
      aria-selected={props.active}
      className="picker-row"
      ref={(el) => {
        if (props.active) el?.scrollIntoView({ block: 'nearest' });
      }}
      onPointerMove={props.onHover}
      onClick={props.onChoose}
    >
      <KindIcon url={props.icon} size={20} />
      <span className="picker-title">{props.title}</span>
      <span className="picker-detail">{props.detail}</span>
    </div>
  );
}

/** A way in words: "calls · read". */
export const wayWords = (w: Way, verb: (p: string) => string): string =>
  [verb(w.protocol), w.access].filter(Boolean).join(' · ');

function Ways({ asking }: { asking: Extract<Asking, { kind: 'way' }> }): ReactElement {
  const board = useBoard();
  const { shelf } = board.session;
  const d = board.design;
  const name = (id: string): string => d.nodes[id]?.name ?? id;
  const title = `${name(asking.from)} → ${name(asking.to)}`;
  const close = (): void => {
    board.asking.set(null);
    board.takeFocus();
  };
  const ports = (w: Way): string => {
    const several = new Set(asking.ways.map((o) => `${o.fromPort} ${o.toPort}`)).size > 1;
    if (!several) return '';
    const out = shelf.spec(d.nodes[asking.from]?.kind ?? '').ports.find((p) => p.dir === 'out' && p.id === w.fromPort);
    const into = shelf.spec(d.nodes[asking.to]?.kind ?? '').ports.find((p) => p.dir === 'in' && p.id === w.toPort);
    return `${out?.title ?? ''} → ${into?.title ?? ''}`;
  };
  return (
    <Popover label={`How ${title} is wired`} at={asking.at} onClose={close} role="menu">
      <div className="menu-title">{title}</div>
      {asking.ways.map((w, i) => (
        <button
          key={`${w.fromPort} ${w.toPort} ${w.protocol} ${w.access}`}
          type="button"
          role="menuitem"
          tabIndex={-1}
          data-first={i === 0 ? true : undefined}
          className="menu-item"
          onClick={() => {
            close();
            wire(board, asking.from, asking.to, w);
          }}
        >
          <span className="menu-icon">
            <Icon name="wire" size={15} />
          </span>
          <span className="menu-text">{wayWords(w, (p) => shelf.verb(p))}</span>
          <span className="menu-key">{ports(w)}</span>
        </button>
      ))}
    </Popover>
  );
}
