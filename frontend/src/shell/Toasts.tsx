import type { ReactElement } from 'react';
import { go } from '../canvas/verbs';
import { useValue } from '../session/store';
import { Button, IconButton } from '../ui/controls';
import { Icon } from '../ui/icons';
import type { App } from './app';
import './toasts.css';

/** Short messages in the corner, and the line that a screen reader is told. */
export function Toasts({ app }: { app: App }): ReactElement {
  const { session } = app;
  const list = useValue(session.toasts.list);
  const said = useValue(session.said);
  const known = (id: string | undefined): id is string =>
    !!id && !!(session.design.nodes[id] ?? session.design.edges[id]);
  return (
    <>
      <div className="unseen" role="status" aria-live="polite">
        {said}
      </div>
      <div className="toasts" role="region" aria-label="Messages">
        {list.map((t) => (
          <div key={t.id} className={`toast toast-${t.level}`} role={t.level === 'error' ? 'alert' : 'status'}>
            <Icon name={t.level === 'error' ? 'findings' : 'info'} size={17} />
            <div className="toast-text">
              <strong>{t.title}</strong>
              {t.text && <p>{t.text}</p>}
              {t.hint && <p className="quiet">{t.hint}</p>}
              {(known(t.where) || t.action) && (
                <div className="toast-actions">
                  {known(t.where) && (
                    <Button
                      onClick={() => {
                        go(app.board, t.where ?? '');
                      }}
                    >
                      Show it
                    </Button>
                  )}
                  {t.action && (
                    <Button
                      onClick={() => {
                        t.action?.run();
                        session.toasts.dismiss(t.id);
                      }}
                    >
                      {t.action.title}
                    </Button>
                  )}
                </div>
              )}
            </div>
            <IconButton
              icon="close"
              label="Dismiss"
              onClick={() => {
                session.toasts.dismiss(t.id);
              }}
            />
          </div>
        ))}
      </div>
    </>
  );
}
