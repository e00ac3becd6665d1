// The first screen: go on with a project, begin with a sample, or make a new one.
import { type ReactElement, useState } from 'react';
import type { Recent, Start as StartData } from '../bridge/api';
import { Button, Empty, Kbd, Spinner } from '../ui/controls';
import { Icon } from '../ui/icons';
import logo from './airloom.svg';
import type { App } from './app';
import { shown } from './keys';
import { fromSample, openPath } from './projects';
import './start.css';

export function Start({ app, start }: { app: App; start: StartData }): ReactElement {
  const { session } = app;
  const [busy, setBusy] = useState('');
  const during = (what: string, job: Promise<unknown>): void => {
    setBusy(what);
    void job.finally(() => {
      setBusy('');
    });
  };
  const samples = start.samples ?? [];
  const recent = start.recent ?? [];
  return (
    <main className="start">
      <div className="start-inside">
        <header className="start-head">
          <img src={logo} width={52} height={52} alt="" />
          <div>
            <h1>Airloom</h1>
            <p>Draw a serverless system. Run it here. Deploy it anywhere.</p>
          </div>
          <div className="start-actions">
            <Button
              icon="folder"
              onClick={() => {
                app.sheet.set('open');
              }}
            >
              Open…
            </Button>
            <Button
              icon="add"
              look="primary"
              onClick={() => {
                app.sheet.set('new');
              }}
            >
              New project
            </Button>
          </div>
        </header>

        <section aria-labelledby="samples">
          <h2 id="samples">Begin with a sample</h2>
          <div className="samples">
            {samples.map((s) => (
              <button
                key={s.id}
                type="button"
                className="sample"
                disabled={busy !== ''}
                onClick={() => {
                  during(s.id, fromSample(session, s.id));
                }}
              >
                <span className="sample-head">
                  <Icon name="wire" size={20} />
                  <strong>{s.title}</strong>
                  {busy === s.id ? <Spinner label="Opening" /> : <Icon name="call" />}
                </span>
                <span className="sample-text">{s.summary}</span>
                {s.try && <code className="sample-try">{s.try}</code>}
              </button>
            ))}
          </div>
        </section>

        <section aria-labelledby="recent">
          <h2 id="recent">Recent projects</h2>
          {recent.length === 0 ? (
            <Empty icon="file" title="No projects yet">
              What you open or make is listed here.
            </Empty>
          ) : (
            <ul className="recent">
              {recent.map((r) => (
                <li key={r.path}>
                  <RecentRow
                    recent={r}
                    busy={busy === r.path}
                    onOpen={() => {
                      during(r.path, openPath(session, r.path));
                    }}
                  />
                </li>
              ))}
            </ul>
          )}
        </section>

        <footer className="start-foot">
          <span>Airloom {start.version}</span>
          <span>
            <Kbd keys={shown('Ctrl+K')} /> all commands
          </span>
          <span>
            <Kbd keys="?" /> all keys
          </span>
        </footer>
      </div>
    </main>
  );
}

function RecentRow({ recent: r, busy, onOpen }: { recent: Recent; busy: boolean; onOpen: () => void }): ReactElement {
  return (
    <button type="button" className="recent-row" onClick={onOpen}>
      <Icon name="file" size={18} />
      <span className="recent-name">{r.name}</span>
      <span className="recent-path">{r.path}</span>
      {busy ? <Spinner label="Opening" /> : <time dateTime={r.opened}>{when(r.opened)}</time>}
    </button>
  );
}

const day = 86_400_000;

/** "today 14:02", "yesterday", "12 Mar". */
function when(iso: string): string {
  const t = new Date(iso);
  if (Number.isNaN(t.getTime())) return '';
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight.getTime() - t.getTime()) / day);
  if (days <= 0) return t.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (days === 1) return 'yesterday';
  return t.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}
