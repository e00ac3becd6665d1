// The whole page: loading, failed, the start screen, or the open project; and what lies over all of them.
import { type ReactElement, useEffect } from 'react';
import { SessionContext } from '../session/context';
import { useStore, useValue } from '../session/store';
import { sentence } from '../session/toasts';
import { Spinner } from '../ui/controls';
import type { App } from './app';
import { Guard, Trouble } from './Broken';
import { KeySheet } from './KeySheet';
import { choose } from './menubar';
import { Menus } from './Menus';
import { CopyProject, NewProject, OpenProject } from './ProjectDialogs';
import { Commands } from './Quick';
import './shell.css';
import { Settings } from './Settings';
import { Start } from './Start';
import { applyTheme } from './theme';
import { Toasts } from './Toasts';
import { useKeys } from './useKeys';
import { Workspace } from './Workspace';

export function Shell({ app }: { app: App }): ReactElement {
  useEffect(() => {
    app.session.onMenu = (id) => {
      choose(app, id);
    };
    const stops = [applyTheme(app.session.prefs), app.session.begin()];
    return () => {
      for (const stop of stops) stop();
    };
  }, [app]);
  useKeys(app);
  return (
    <Guard>
      <SessionContext value={app.session}>
        <Screen app={app} />
        <Sheets app={app} />
        <Menus app={app} />
        <Toasts app={app} />
      </SessionContext>
    </Guard>
  );
}

function Screen({ app }: { app: App }): ReactElement {
  const { session } = app;
  const entry = useValue(session.entry);
  const path = useStore(session.project, (p) => p?.path ?? '');
  const name = useStore(session.project, (p) => p?.name ?? '');
  useEffect(() => {
    document.title = name ? `${name} – Airloom` : 'Airloom';
  }, [name]);
  if (path) return <Workspace key={path} app={app} />;
  switch (entry.phase) {
    case 'loading':
      return (
        <main className="waiting">
          <Spinner label="Loading" />
        </main>
      );
    case 'failed':
      return (
        <Trouble
          title="Airloom cannot be reached"
          text={sentence(entry.fault.message)}
          hint={sentence(entry.fault.hint)}
          again="Try again"
          onAgain={() => {
            session.entry.set({ phase: 'loading' });
            void session.load();
          }}
        />
      );
    case 'ready':
      return <Start app={app} start={entry.start} />;
  }
}

function Sheets({ app }: { app: App }): ReactElement | null {
  const sheet = useValue(app.sheet);
  const close = (): void => {
    app.sheet.set('');
  };
  switch (sheet) {
    case 'commands':
      return <Commands app={app} onClose={close} />;
    case 'keys':
      return <KeySheet app={app} onClose={close} />;
    case 'settings':
      return <Settings app={app} onClose={close} />;
    case 'new':
      return <NewProject app={app} onClose={close} />;
    case 'open':
      return <OpenProject app={app} onClose={close} />;
    case 'saveas':
    case 'copy':
      return <CopyProject app={app} stay={sheet === 'copy'} onClose={close} />;
    case '':
      return null;
  }
}
