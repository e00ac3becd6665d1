// What a person must know about the whole project: that it cannot be written, that its text changed outside, that Go is gone.
import type { ReactElement } from 'react';
import { useStore, useValue } from '../session/store';
import { sentence } from '../session/toasts';
import { Button } from '../ui/controls';
import { Icon } from '../ui/icons';
import type { App } from './app';

export function Banners({ app }: { app: App }): ReactElement {
  const { session } = app;
  const online = useValue(session.online);
  const readOnly = useStore(session.project, (p) => p?.readOnly ?? '');
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
      {outside && (
        <div className="banner banner-accent" role="status">
          <Icon name="file" />
          <div className="banner-text">
            <strong>The project's text was changed outside of Airloom.</strong>
            <ul>
              {outside.summary.slice(0, 6).map((line) => (
                <li key={line}>{line}</li>
              ))}
              {outside.summary.length > 6 && <li>and {outside.summary.length - 6} more</li>}
            </ul>
          </div>
          <Button
            onClick={() => {
              void session.takeIn(false);
            }}
          >
            Keep the drawing
          </Button>
          <Button
            look="primary"
            onClick={() => {
              void session.takeIn(true);
            }}
          >
            Take the changes in
          </Button>
        </div>
      )}
    </div>
  );
}
