// Find on the drawing: a bar over the canvas. What fits is selected on the drawing and listed; Enter walks through.
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { type ID } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { IconButton } from '../../ui/controls';
import { Icon, KindIcon } from '../../ui/icons';
import '../parts/parts.css';
import './find.css';
import { filters, find } from './query';

const shownAtOnce = 200;

export function Find(p: {
  /** Selects a record alone and brings it onto the screen. */
  onGo: (id: ID) => void;
  onClose: () => void;
}): ReactElement {
  const session = useSession();
  const { shelf } = session;
  const project = useStore(session.project, (s) => s);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const before = useRef<ReadonlySet<ID> | null>(null);
  const design = project?.design;
  const found = project?.found;

  const hits = useMemo(
    () =>
      design && found ? find(query, { design, spec: (k) => shelf.spec(k), verb: (v) => shelf.verb(v), found }) : [],
    [query, design, found, shelf],
  );
  const now = Math.min(at, hits.length - 1);
  const count = hits.length;
  useEffect(() => {
    before.current = session.selection.get();
    input.current?.focus();
  }, [session]);

  const type = (text: string): void => {
    setQuery(text);
    setAt(-1);
    if (!project) return;
    const all = find(text, {
      design: project.design,
      spec: (k) => shelf.spec(k),
      verb: (v) => shelf.verb(v),
      found: project.found,
    });
    session.select(text.trim() === '' ? (before.current ?? []) : all);
  };
  const go = (i: number): void => {
    const id = hits[(i + count) % Math.max(1, count)];
    if (!id) return;
    setAt((i + count) % count);
    p.onGo(id);
  };
  /** Backs out one level: from one hit to all of them, then to what was selected before. */
  const back = (): void => {
    if (now >= 0 && count > 1) {
      setAt(-1);
      session.select(hits);
      return;
    }
    if (now < 0) session.select(before.current ?? []);
    p.onClose();
  };
  const keyDown = (e: KeyboardEvent): void => {
    if (e.key === 'Enter') go(e.shiftKey ? (now < 0 ? count - 1 : now - 1) : now + 1);
    else if (e.key === 'ArrowDown') go(now + 1);
    else if (e.key === 'ArrowUp') go(now < 0 ? count - 1 : now - 1);
    else if (e.key === 'Escape') back();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };

  const name = (id: ID): string => design?.nodes[id]?.name ?? id;
  const said =
    query.trim() === ''
      ? ''
      : count === 0
        ? 'Nothing matches'
        : now < 0
          ? `${String(count)} found`
          : `${String(now + 1)} of ${String(count)}`;
  return (
    <search className="find" aria-label="Find on the drawing" onKeyDown={keyDown}>
      <div className="find-bar">
        <Icon name="search" size={15} />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Find on the drawing"
          aria-expanded={count > 0}
          aria-controls="find-list"
          aria-activedescendant={now >= 0 ? `find-${String(now)}` : undefined}
          placeholder="Find"
          spellCheck={false}
          autoComplete="off"
          value={query}
          onChange={(e) => {
            type(e.target.value);
          }}
        />
        <span className="find-count" role="status">
          {said}
        </span>
        <IconButton
          icon="chevron"
          label="Previous"
          className="turned"
          disabled={count === 0}
          onClick={() => {
            go(now < 0 ? count - 1 : now - 1);
          }}
        />
        <IconButton
          icon="chevron"
          label="Next"
          disabled={count === 0}
          onClick={() => {
            go(now + 1);
          }}
        />
        <IconButton icon="close" label="Close" onClick={p.onClose} />
      </div>
      {query.trim() === '' && (
        <div className="find-filters">
          {filters.map((f) => (
            <button
              key={f}
              type="button"
              className="find-filter mono"
              onClick={() => {
                type(`${f}:`);
                input.current?.focus();
              }}
            >
              {f}:
            </button>
          ))}
        </div>
      )}
      {count > 0 && (
        <div id="find-list" role="listbox" aria-label="Found" className="find-list">
          {hits.slice(0, shownAtOnce).map((id, i) => {
            const wire = design?.edges[id];
            const kind = design?.nodes[id]?.kind ?? '';
            return (
              <div
                key={id}
                id={`find-${String(i)}`}
                role="option"
                aria-selected={i === now}
                className="find-hit"
                ref={(el) => {
                  if (i === now) el?.scrollIntoView({ block: 'nearest' });
                }}
                onClick={() => {
                  go(i);
                }}
              >
                {wire ? <Icon name="wire" size={16} /> : <KindIcon url={shelf.icon(kind)} size={16} />}
                <span className="find-name">{wire ? `${name(wire.from.node)} → ${name(wire.to.node)}` : name(id)}</span>
                <span className="find-kind">{wire ? shelf.verb(wire.protocol) : shelf.spec(kind).title}</span>
              </div>
            );
          })}
          {count > shownAtOnce && <p className="quiet find-more">and {count - shownAtOnce} more</p>}
        </div>
      )}
    </search>
  );
}
