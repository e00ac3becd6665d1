// What a person must know about the whole project: that it cannot be written, that its text changed outside, that Go is gone.
import type { ReactElement } from 'react';
import type { Outside } from '../bridge/api';
import type { Session } from '../session/session';
import { useStore, useValue } from '../session/store';
import { sentence } from '../session/toasts';
import { Button } from '../ui/controls';
import { Icon } from '../ui/icons';
import type { App } from './app';

export function Banners({ app }: { app: App }): ReactElement {
  const { session } = app;
  const online = useValue(session.online);
  const readOnly = useStore(session.project, (p) => p?.readOnly ?? '');
  const notice = useStore(session.project, (p) => p?.notice ?? '');
  const outside = useStore(session.project, (p) => p?.outside ?? null);
  return (
    <div className="banners">
      {!online && (
        <div className="banner banner-warn" role="alert">
          <Icon name="plug" />
          <p>
            <strong>Airloom does not answer.</strong> The page tries again by itself and keeps what you changed.
          </p>
        </div>
      )}
      {readOnly && (
        <div className="banner" role="status">
          <Icon name="lock" />
          <p>
            <strong>Read-only.</strong> {sentence(readOnly)}
          </p>
        </div>
      )}
      {notice && (
        <div className="banner banner-warn" role="alert">
          <Icon name="info" />
          <p>{sentence(notice)}</p>
          <Button
            onClick={() => {
              session.noted();
            }}
          >
            Understood
          </Button>
        </div>
      )}
      {outside && <Changed session={session} outside={outside} />}
    </div>
  );
}

/** What somebody wrote into the text beside the project. A text that cannot be read can only be written anew. */
function Changed({ session, outside }: { session: Session; outside: Outside }): ReactElement {
  const { problem, hint, summary } = outside;
  return (
    <div className={`banner ${problem ? 'banner-warn' : 'banner-accent'}`} role={problem ? 'alert' : 'status'}>
      <Icon name="file" />
      <div className="banner-text">
        <strong>
          {problem
            ? "The project's text was changed outside of Airloom and cannot be read."
            : "The project's text was changed outside of Airloom."}
        </strong>
        {problem ? (
          <p>
            {sentence(problem)} {sentence(hint ?? '')}
          </p>
        ) : (
          <ul>
            {summary.slice(0, 6).map((line) => (
              <li key={line}>{line}</li>
            ))}
            {summary.length > 6 && <li>and {summary.length - 6} more</li>}
          </ul>
        )}
      </div>
      <Button
        onClick={() => {
          void session.takeIn(false);
        }}
      >
        {problem ? 'Write the text anew' : 'Keep the drawing'}
      </Button>
      {!problem && (
        <Button
          look="primary"
          onClick={() => {
            void session.takeIn(true);
          }}
        >
          Take the changes in
        </Button>
      )}
    </div>
  );
}
