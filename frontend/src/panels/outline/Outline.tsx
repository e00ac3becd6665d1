// The drawing as a tree, by the ARIA pattern of trees. What is chosen here is chosen on the canvas, and the other way round.
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ID } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { Empty } from '../../ui/controls';
import { Icon, KindIcon } from '../../ui/icons';
import { reveal, useRows } from '../../ui/rows';
import '../parts/parts.css';
import './outline.css';
import { above, type Line, outline, type Opened, step, typed } from './tree';

const height = 28;

export interface Travel {
  /** Brings a record onto the screen and selects it alone. */
  onGo: (id: ID) => void;
  /** Gives the keyboard to the canvas. */
  onEnter: () => void;
}

export function Outline({ onGo, onEnter }: Travel): ReactElement {
  const session = useSession();
  const design = useStore(session.project, (p) => p?.design);
  const selection = useValue(session.selection);
  const [opened, setOpened] = useState<Opened>(new Map());
  const [turn, setTurn] = useState<ID>('');
  const box = useRef<HTMLDivElement>(null);
  const letters = useRef({ text: '', at: 0 });

  const lines = useMemo(
    () => (design ? outline(design, session.shelf.isGroup, opened) : []),
    [design, session.shelf, opened],
  );
  const at = lines.some((l) => l.id === turn) ? turn : (lines[0]?.id ?? '');
  const { from, to } = useRows(box, lines.length, height);

  // What is selected elsewhere is opened and shown, and has the next turn. What a person closes afterwards stays closed.
  const first = [...selection][0] ?? '';
  const wanted = useRef<ID>('');
  useLayoutEffect(() => {
    if (!first || box.current?.contains(document.activeElement)) return;
    wanted.current = first;
    setTurn(first);
    setOpened((now) => {
      const shut = above(session.design, first).filter((id) => now.get(id) !== true);
      return shut.length > 0 ? new Map([...now, ...shut.map((id) => [id, true] as const)]) : now;
    });
  }, [first, session]);
  useLayoutEffect(() => {
    const i = lines.findIndex((l) => l.id === wanted.current);
    if (i < 0) return;
    wanted.current = '';
    reveal(box.current, i, height);
  }, [lines, turn]);

  const focus = (id: ID): void => {
    setTurn(id);
    reveal(
      box.current,
      lines.findIndex((l) => l.id === id),
      height,
    );
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>(`[data-line="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }),
    );
  };
  const fold = (id: ID, open: boolean): void => {
    setOpened(new Map(opened).set(id, open));
  };
  const toggle = (id: ID): void => {
    session.select(selection.has(id) ? [...selection].filter((s) => s !== id) : [...selection, id]);
  };

  const keyDown = (e: KeyboardEvent): void => {
    const chord = e.ctrlKey || e.metaKey || e.altKey;
    if (e.key === ' ' && e.ctrlKey) toggle(at);
    else if (chord || (e.shiftKey && e.key.length > 1)) return;
    else if (e.key === 'Enter') {
      onGo(at);
      onEnter();
    } else if (e.key === ' ') onGo(at);
    else if (e.key.length === 1 && /[\p{L}\p{N}_-]/u.test(e.key)) {
      letters.current = {
        text: e.timeStamp - letters.current.at < 700 ? letters.current.text + e.key : e.key,
        at: e.timeStamp,
      };
      const hit = typed(lines, at, letters.current.text, (l) => name(l));
      if (hit) {
        focus(hit);
        onGo(hit);
      }
    } else {
      const s = step(lines, at, e.key);
      if (!s) {
        if (!e.key.startsWith('Arrow')) return;
      } else if ('go' in s) {
        focus(s.go);
        onGo(s.go);
      } else if ('open' in s) fold(s.open, true);
      else fold(s.close, false);
    }
    e.preventDefault();
    e.stopPropagation();
  };

  const name = (l: Line): string => {
    const wire = design?.edges[l.id];
    return (wire ? design?.nodes[wire.to.node]?.name : design?.nodes[l.id]?.name) ?? l.id;
  };

  if (lines.length === 0) {
    return (
      <div className="panel">
        <Empty icon="outline" title="Nothing drawn yet">
          Groups, what lies in them and its wires are listed here as they are drawn.
        </Empty>
      </div>
    );
  }
  return (
    <div className="panel outline">
      <div
        ref={box}
        className="panel-body"
        role="tree"
        aria-label="Outline of the drawing"
        aria-multiselectable="true"
        onKeyDown={keyDown}
      >
        <div role="none" style={{ height: from * height }} />
        {lines.slice(from, to).map((l) => (
          <Row
            key={l.id}
            line={l}
            name={name(l)}
            turn={l.id === at}
            selected={selection.has(l.id)}
            onFold={fold}
            onPress={(e) => {
              setTurn(l.id);
              if (e.ctrlKey || e.metaKey || e.shiftKey) toggle(l.id);
              else onGo(l.id);
            }}
          />
        ))}
        <div role="none" style={{ height: (lines.length - to) * height }} />
      </div>
    </div>
  );
}

function Row(p: {
  line: Line;
  name: string;
  turn: boolean;
  selected: boolean;
  onFold: (id: ID, open: boolean) => void;
  onPress: (e: MouseEvent) => void;
}): ReactElement {
  const { line: l } = p;
  const session = useSession();
  const node = useStore(session.project, (s) => s?.design.nodes[l.id]);
  const wire = useStore(session.project, (s) => s?.design.edges[l.id]);
  const worst = useStore(session.project, (s) => s?.found.get(l.id)?.[0]?.severity ?? 'note');
  const what = wire ? `${session.shelf.verb(wire.protocol)} ${wire.access ?? ''}`.trim() : '';
  const kind = node ? session.shelf.spec(node.kind).title : '';
  const said = [wire ? `wire to ${p.name}` : p.name, wire ? what : kind, worst === 'note' ? '' : worst];
  return (
    <div
      role="treeitem"
      data-line={l.id}
      aria-level={l.level}
      aria-posinset={l.place}
      aria-setsize={l.of}
      aria-expanded={l.open}
      aria-selected={p.selected}
      aria-label={said.filter(Boolean).join(', ')}
      tabIndex={p.turn ? 0 : -1}
      className={`outline-line outline-${l.kind}`}
      style={{ height, paddingLeft: 6 + (l.level - 1) * 14 }}
      onClick={p.onPress}
    >
      <span
        className={`outline-fold ${l.open ? '' : 'outline-closed'}`}
        onClick={(e) => {
          if (l.open === undefined) return;
          e.stopPropagation();
          p.onFold(l.id, !l.open);
        }}
      >
        {l.open !== undefined && <Icon name="chevron" size={13} />}
      </span>
      {wire ? <Icon name="call" size={13} /> : <KindIcon url={session.shelf.icon(node?.kind ?? '')} size={16} />}
      <span className="outline-name">{p.name}</span>
      {wire && <span className="outline-what">{what}</span>}
      {node?.locked && <Icon name="lock" size={11} />}
      {worst !== 'note' && <span className={`outline-found outline-found-${worst}`} />}
    </div>
  );
}
