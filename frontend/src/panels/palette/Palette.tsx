// What can be drawn: the shelf by category, with search. The search keeps the focus; arrows choose, Enter adds, a press
// begins to drag.
import { type KeyboardEvent, type PointerEvent, type ReactElement, useId, useMemo, useRef, useState } from 'react';
import type { Spec } from '../../catalog/types';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { Empty } from '../../ui/controls';
import { Icon, KindIcon } from '../../ui/icons';
import '../parts/parts.css';
import './palette.css';

export function Palette(props: {
  onPress: (spec: Spec, e: PointerEvent) => void;
  onAdd: (spec: Spec) => void;
}): ReactElement {
  const session = useSession();
  const ready = useStore(session.entry, (e) => e.phase === 'ready');
  const [query, setQuery] = useState('');
  const [at, setAt] = useState<string | null>(null);
  const pressed = useRef<{ x: number; y: number } | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const name = useId();

  const shelf = ready ? session.shelf : null;
  const sections = useMemo(() => {
    if (!shelf) return [];
    const q = query.trim();
    return q ? [{ title: '', kinds: shelf.search(q) }] : shelf.categories();
  }, [shelf, query]);
  const flat = sections.flatMap((s) => s.kinds);
  const active = flat.find((k) => k.id === at) ?? (query.trim() ? flat[0] : undefined);
  const option = (k: Spec): string => `${name}-${k.id}`;

  const go = (e: KeyboardEvent, i: number): void => {
    const k = flat[Math.max(0, Math.min(flat.length - 1, i))];
    if (!k) return;
    e.preventDefault();
    setAt(k.id);
    document.getElementById(option(k))?.scrollIntoView({ block: 'nearest' });
  };
  const keyDown = (e: KeyboardEvent): void => {
    const i = active ? flat.indexOf(active) : -1;
    if (e.key === 'ArrowDown') go(e, i + 1);
    else if (e.key === 'ArrowUp') go(e, i < 0 ? flat.length - 1 : i - 1);
    else if (e.key === 'PageDown') go(e, i + 8);
    else if (e.key === 'PageUp') go(e, i - 8);
    else if (e.key === 'Enter' && active) {
      e.preventDefault();
      props.onAdd(active);
    } else if (e.key === 'Escape' && query !== '') {
      setQuery('');
      setAt(null);
    } else return;
    e.stopPropagation();
  };

  return (
    <div className="panel palette">
      <div className="palette-search">
        <Icon name="search" size={15} />
        <input
          className="input"
          type="search"
          role="combobox"
          placeholder="Add …"
          aria-label="Search what can be added"
          aria-expanded="true"
          aria-controls={`${name}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active ? option(active) : undefined}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(e) => {
            setQuery(e.target.value);
            setAt(null);
          }}
          onKeyDown={keyDown}
        />
      </div>
      <div
        ref={list}
        className="panel-body palette-list"
        role="listbox"
        id={`${name}-list`}
        aria-label="What can be added"
      >
        {flat.length === 0 &&
          (query.trim() ? (
            <Empty icon="search" title="Nothing found">
              No kind matches “{query.trim()}”. Any other CloudFormation resource can be drawn as a resource of your
              own.
            </Empty>
          ) : (
            <Empty icon="add" title={ready ? 'No kinds' : 'Loading …'} />
          ))}
        {sections.map((s) => (
          <div key={s.title} role="group" aria-label={s.title || 'Found'}>
            {s.title && (
              <div className="palette-title" aria-hidden="true">
                {s.title}
              </div>
            )}
            {s.kinds.map((k) => (
              <div
                key={k.id}
                id={option(k)}
                role="option"
                aria-selected={k === active}
                aria-description={k.summary}
                className="palette-item"
                data-kind={k.id}
                title={k.summary}
                onPointerDown={(e) => {
                  if (e.button !== 0) return;
                  pressed.current = { x: e.clientX, y: e.clientY };
                  props.onPress(k, e);
                }}
                onClick={(e) => {
                  // A drag may end as a click where the pointer was captured: only a press that stayed adds.
                  const p = pressed.current;
                  pressed.current = null;
                  if (!p || Math.hypot(e.clientX - p.x, e.clientY - p.y) < 4) props.onAdd(k);
                }}
              >
                <KindIcon url={session.shelf.icon(k.id)} size={22} />
                <span>{k.title}</span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
