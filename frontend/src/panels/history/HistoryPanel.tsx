// The history as a time line: when, what, who. A version is compared with the drawing or with another one, gets a name, and is
// restored as a new change.
import { type ReactElement, useEffect, useState } from 'react';
import type { Changed, Comparison, Version } from '../../bridge/api';
import type { ID } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { Button, Empty, IconButton, Spinner } from '../../ui/controls';
import { FaultNotice } from '../parts/Notice';
import '../parts/parts.css';
import './history.css';

export function HistoryPanel({ onGo }: { onGo: (id: ID) => void }): ReactElement {
  const session = useSession();
  const { history } = session;
  const s = useValue(history.state);
  const revision = useStore(session.project, (p) => p?.design.revision ?? 0);
  const readOnly = useStore(session.project, (p) => !!p?.readOnly);
  const [from, setFrom] = useState<number | null>(null);
  const [naming, setNaming] = useState<number | null>(null);

  useEffect(() => {
    void history.load();
  }, [history, revision]);
  // What is painted is the difference to the drawing as it is: it goes on with it, and ends with the panel.
  useEffect(() => {
    if (from !== null) void history.compare(from, revision);
  }, [history, from, revision]);
  useEffect(
    () => () => {
      history.done();
    },
    [history],
  );

  const compare = (version: number): void => {
    if (from === version) {
      setFrom(null);
      history.done();
    } else setFrom(version);
  };
  const between = (version: number): void => {
    if (from !== null) void history.compare(Math.min(from, version), Math.max(from, version));
  };

  if (!s.versions) {
    return (
      <div className="panel">
        {s.fault ? <FaultNotice doing="History" fault={s.fault} /> : <Spinner label="Reading the history" />}
      </div>
    );
  }
  if (s.versions.length === 0) {
    return (
      <div className="panel">
        <Empty icon="history" title="No change yet">
          Every change is kept here: what, when and who. Any version can be compared and restored.
        </Empty>
      </div>
    );
  }
  let day = '';
  return (
    <div className="panel history">
      {s.comparison && (
        <Difference
          comparison={s.comparison}
          now={revision}
          readOnly={readOnly}
          onGo={onGo}
          onClose={() => {
            setFrom(null);
            history.done();
          }}
          onRestore={(version) => {
            void session.restore(version).then(() => {
              setFrom(null);
              history.done();
            });
          }}
        />
      )}
      {s.fault && <FaultNotice doing="History" fault={s.fault} />}
      <ol className="panel-body history-list" aria-label="Versions, newest first">
        {s.versions.map((v) => {
          const on = dayOf(v.at);
          const head = on === day ? null : on;
          day = on;
          return (
            <li key={v.version}>
              {head && <h3 className="history-day">{head}</h3>}
              <div className={`history-version ${v.version === from ? 'history-from' : ''}`} data-version={v.version}>
                <button
                  type="button"
                  className="history-what"
                  aria-pressed={v.version === from}
                  title={`Version ${String(v.version)}: what changed since then`}
                  onClick={(e) => {
                    if (e.shiftKey) between(v.version);
                    else compare(v.version);
                  }}
                >
                  <span className={`history-label ${v.how === 'undo' ? 'history-undone' : ''}`}>{words(v)}</span>
                  {v.name && naming !== v.version && <strong className="history-name">{v.name}</strong>}
                  <span className="history-when">
                    {v.version === revision ? 'now' : clock(v.at)}
                    {v.who ? ` · ${v.who}` : ''}
                  </span>
                </button>
                <IconButton
                  icon="tag"
                  size={14}
                  label={`Name version ${String(v.version)}`}
                  disabled={readOnly}
                  onClick={() => {
                    setNaming(v.version);
                  }}
                />
                {from !== null && from !== v.version && (
                  <IconButton
                    icon="compare"
                    size={14}
                    label={`Compare version ${String(from)} with version ${String(v.version)}`}
                    onClick={() => {
                      between(v.version);
                    }}
                  />
                )}
              </div>
              {naming === v.version && (
                <NameField
                  version={v}
                  onDone={(name) => {
                    setNaming(null);
                    if (name !== null && name !== (v.name ?? '')) void session.nameVersion(v.version, name);
                  }}
                />
              )}
            </li>
          );
        })}
        {s.more && (
          <li className="history-more">
            <Button
              onClick={() => {
                void history.older();
              }}
            >
              Older changes
            </Button>
          </li>
        )}
      </ol>
    </div>
  );
}

function NameField({ version: v, onDone }: { version: Version; onDone: (name: string | null) => void }): ReactElement {
  const [text, setText] = useState(v.name ?? '');
  return (
    <input
      className="input history-naming"
      aria-label={`Name of version ${String(v.version)}`}
      placeholder="A name, for instance: before the review"
      maxLength={200}
      autoFocus
      value={text}
      onChange={(e) => {
        setText(e.target.value);
      }}
      onBlur={() => {
        onDone(text.trim());
      }}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === 'Enter') e.currentTarget.blur();
        if (e.key === 'Escape') {
          e.preventDefault();
          onDone(null);
        }
      }}
    />
  );
}

const signs = { added: '+', changed: '~', removed: '−' } as const;

function Difference(p: {
  comparison: Comparison;
  now: number;
  readOnly: boolean;
  onGo: (id: ID) => void;
  onClose: () => void;
  onRestore: (version: number) => void;
}): ReactElement {
  const session = useSession();
  const design = useStore(session.project, (s) => s?.design);
  const { from, to, changes } = p.comparison;
  return (
    <section className="history-difference" aria-label="Difference">
      <header>
        <h3>
          Version {from} → {to === p.now ? 'now' : to}
        </h3>
        <Button
          disabled={p.readOnly || changes.length === 0 || to !== p.now}
          title={`Make the drawing what it was at version ${String(from)}, as a new change`}
          onClick={() => {
            p.onRestore(from);
          }}
        >
          Restore {from}
        </Button>
        <IconButton icon="close" label="Close the comparison" onClick={p.onClose} />
      </header>
      {changes.length === 0 ? (
        <p className="quiet">Nothing is different.</p>
      ) : (
        <ul>
          {changes.map((c) => (
            <li key={`${c.what} ${c.id}`} className={`history-change history-${c.action}`}>
              <Line change={c} there={!!(design?.nodes[c.id] ?? design?.edges[c.id])} onGo={p.onGo} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({ change: c, there, onGo }: { change: Changed; there: boolean; onGo: (id: ID) => void }): ReactElement {
  const text = (
    <>
      <span className="history-sign" aria-hidden="true">
        {signs[c.action]}
      </span>
      <span>
        <span className="unseen">{c.action} </span>
        {c.what === 'node' ? '' : `${c.what} `}
        <strong>{c.name}</strong>
        {c.details?.map((d) => (
          <span key={d} className="history-detail">
            {d}
          </span>
        ))}
      </span>
    </>
  );
  return there && c.what !== 'setting' ? (
    <button
      type="button"
      className="history-go"
      onClick={() => {
        onGo(c.id);
      }}
    >
      {text}
    </button>
  ) : (
    <div className="history-go">{text}</div>
  );
}

function words(v: Version): string {
  const label = v.label || 'change';
  const said = v.how === 'undo' ? `undo: ${label}` : v.how === 'redo' ? `redo: ${label}` : label;
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}

const dayOf = (at: string): string =>
  new Date(at).toLocaleDateString('en', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const clock = (at: string): string =>
  new Date(at).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false });
