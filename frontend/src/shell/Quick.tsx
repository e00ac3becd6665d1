// A list to type into: all commands, and the nodes of the drawing (Ctrl+K).
import { type ReactElement, useMemo, useState } from 'react';
import { go } from '../canvas/verbs';
import { find } from '../panels/find/query';
import { Dialog } from '../ui/dialog';
import { Icon, KindIcon } from '../ui/icons';
import { actions, enabled } from './actions';
import type { App } from './app';
import { keysOf } from './keymap';
import { shown } from './keys';
import './quick.css';

interface Row {
  id: string;
  title: string;
  detail: string;
  icon: ReactElement;
  run: () => void;
}

export function Commands({ app, onClose }: { app: App; onClose: () => void }): ReactElement {
  const [query, setQuery] = useState('');
  const rows = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const list = actions.filter((a) => !a.keysOnly && a.id !== 'help.commands' && enabled(app, a));
    const hits = list.filter((a) => words.every((w) => `${a.title} ${a.group}`.toLowerCase().includes(w)));
    const { keys } = app.session.prefs.get();
    const out = hits.map((a): Row => ({
      id: a.id,
      title: a.title,
      detail: shown(keysOf(keys, a)[0] ?? '') || a.group,
      icon: a.icon ? <Icon name={a.icon} /> : <span className="quick-blank" />,
      run: () => {
        a.run(app);
      },
    }));
    return words.length > 0 ? [...out, ...nodeRows(app, query).slice(0, 8)] : out;
  }, [app, query]);
  return (
    <Quick title="Type a command, or a node's name" query={query} onQuery={setQuery} rows={rows} onClose={onClose} />
  );
}

function nodeRows(app: App, query: string): Row[] {
  const { shelf, design, project } = app.session;
  const found = project.get()?.found ?? new Map<string, never>();
  const ids = find(query, { design, spec: (k) => shelf.spec(k), verb: (v) => shelf.verb(v), found });
  return ids.flatMap((id) => {
    const n = design.nodes[id];
    if (!n) return [];
    return {
      id,
      title: n.name,
      detail: shelf.spec(n.kind).title,
      icon: <KindIcon url={shelf.icon(n.kind)} size={18} />,
      run: () => {
        go(app.board, id);
        app.board.view?.element.focus({ preventScroll: true });
      },
    };
  });
}

function Quick(props: {
  title: string;
  query: string;
  onQuery: (q: string) => void;
  rows: readonly Row[];
  onClose: () => void;
}): ReactElement {
  const { rows, onClose } = props;
  const [index, setIndex] = useState(0);
  const active = Math.min(index, rows.length - 1);
  const choose = (row: Row | undefined): void => {
    if (!row) return;
    onClose();
    // The dialog gives the focus back first.
    requestAnimationFrame(row.run);
  };
  return (
    <Dialog title={props.title} onClose={onClose} bare>
      <div className="quick">
        <div className="quick-search">
          <Icon name="search" size={17} />
          <input
            data-first
            role="combobox"
            aria-expanded="true"
            aria-controls="quick-list"
            aria-activedescendant={active >= 0 ? `quick-${String(active)}` : undefined}
            aria-label={props.title}
            placeholder={props.title}
            spellCheck={false}
            value={props.query}
            onChange={(e) => {
              props.onQuery(e.target.value);
              setIndex(0);
            }}
            onKeyDown={(e) => {
              const n = Math.max(1, rows.length);
              if (e.key === 'ArrowDown') setIndex((active + 1) % n);
              else if (e.key === 'ArrowUp') setIndex((active - 1 + n) % n);
              else if (e.key === 'Enter') choose(rows[active]);
              else return;
              e.preventDefault();
            }}
          />
        </div>
        <div id="quick-list" role="listbox" aria-label={props.title} className="quick-list">
          {rows.map((r, i) => (
            <div
              key={r.id}
              id={`quick-${String(i)}`}
              role="option"
              aria-selected={i === active}
              className="quick-row"
              ref={(el) => {
                if (i === active) el?.scrollIntoView({ block: 'nearest' });
              }}
              onPointerMove={() => {
                setIndex(i);
              }}
              onClick={() => {
                choose(r);
              }}
            >
              {r.icon}
              <span className="quick-title">{r.title}</span>
              <span className="quick-detail">{r.detail}</span>
            </div>
          ))}
          {rows.length === 0 && <p className="quick-none">Nothing matches.</p>}
        </div>
      </div>
    </Dialog>
  );
}
