// The bar at the top: the project and whether it is saved, tools, undo, where to deploy, and the switches of the panels.
import type { ReactElement } from 'react';
import { useStore, useValue } from '../session/store';
import { Button, IconButton, Spinner } from '../ui/controls';
import { Icon } from '../ui/icons';
import { action, enabled } from './actions';
import type { App } from './app';
import { keysOf } from './keymap';
import { shown } from './keys';

/** A button that does an action of the table: its name, key and state come from there. */
function Act({ app, id }: { app: App; id: string }): ReactElement {
  const a = action(id);
  const on = a.checked?.(app);
  const [key] = keysOf(app.session.prefs.get().keys, a);
  return (
    <IconButton
      icon={a.icon ?? 'dots'}
      label={a.title.replace(/…$/, '')}
      hint={key ? shown(key) : ''}
      disabled={!enabled(app, a)}
      {...(a.checked ? { pressed: on ?? false } : {})}
      onClick={() => {
        a.run(app);
      }}
    />
  );
}

export function Toolbar({ app }: { app: App }): ReactElement {
  const { session, board } = app;
  const name = useStore(session.project, (p) => p?.name ?? '');
  // What the actions' buttons depend on.
  useStore(session.project, (p) => p?.undo);
  useStore(session.project, (p) => p?.redo);
  useStore(session.project, (p) => p?.saving);
  useStore(session.project, (p) => p?.readOnly);
  useValue(session.prefs);
  useValue(app.drawer);
  const tool = useValue(board.tool);
  const narrow = useValue(app.narrow);
  const below = (e: React.MouseEvent): { x: number; y: number } => {
    const r = e.currentTarget.getBoundingClientRect();
    return { x: r.left, y: r.bottom + 4 };
  };
  return (
    <header className="toolbar">
      <div className="toolbar-left">
        <button
          type="button"
          className="brand"
          aria-label="Menu"
          aria-haspopup="menu"
          title="Menu"
          onClick={(e) => {
            app.menu.set({ name: 'main', at: below(e) });
          }}
        >
          <Icon name="menu" size={17} />
        </button>
        <h1 className="project-name" title={session.project.get()?.path}>
          {name}
        </h1>
        <Saved app={app} />
      </div>
      <div className="toolbar-middle">
        {!narrow && (
          <div className="segments" role="group" aria-label="Tool">
            {(['select', 'hand'] as const).map((t) => (
              <button
                key={t}
                type="button"
                aria-pressed={tool === t}
                aria-label={action(`tool.${t}`).title}
                title={`${action(`tool.${t}`).title}  ${action(`tool.${t}`).keys?.[0] ?? ''}`}
                onClick={() => {
                  board.tool.set(t);
                }}
              >
                <Icon name={t} size={15} />
              </button>
            ))}
          </div>
        )}
        <Act app={app} id="edit.undo" />
        <Act app={app} id="edit.redo" />
        {!narrow && <Act app={app} id="select.find" />}
      </div>
      <div className="toolbar-right">
        {!narrow && (
          <>
            <IconButton
              icon="down"
              label="Export"
              aria-haspopup="menu"
              onClick={(e) => {
                app.menu.set({ name: 'export', at: below(e) });
              }}
            />
            <Act app={app} id="view.theme" />
            <span className="bar" />
          </>
        )}
        <Act app={app} id="view.palette" />
        <Act app={app} id="view.dock" />
        <Act app={app} id="view.side" />
        <span className="bar" />
        <DeployButton app={app} />
      </div>
    </header>
  );
}

/** Truthful: "Saved" only after Go has said so. */
function Saved({ app }: { app: App }): ReactElement {
  const saving = useStore(app.session.project, (p) => p?.saving);
  const readOnly = useStore(app.session.project, (p) => !!p?.readOnly);
  const nudging = useStore(app.board.gesture, (g) => g?.kind === 'nudge');
  if (readOnly) {
    return (
      <span className="saved">
        <Icon name="lock" size={13} /> Read-only
      </span>
    );
  }
  if (saving?.state === 'unsaved') {
    return (
      <span className="saved saved-not" role="alert" title={saving.reason}>
        <Icon name="findings" size={13} /> Not saved: {saving.reason}
      </span>
    );
  }
  const done = saving?.state === 'saved' && !nudging;
  return (
    <span className="saved" data-saved={done}>
      {done ? <Icon name="check" size={13} /> : <span className="saved-dot" />}
      {done ? 'Saved' : 'Saving…'}
    </span>
  );
}

/** Where to, and go: the sandbox chooser and the button that shows the plan. */
function DeployButton({ app }: { app: App }): ReactElement {
  const { deployer } = app.session;
  const sandboxes = useStore(deployer.state, (s) => s.sandboxes);
  const current = useStore(deployer.state, (s) => s.current);
  const planning = useStore(deployer.state, (s) => s.planning);
  const running = useStore(deployer.state, (s) => s.run?.status === 'running');
  const list = sandboxes.some((s) => s.name === current)
    ? sandboxes
    : [{ name: current, type: '', detail: '' }, ...sandboxes];
  return (
    <div className="deploy-button">
      <select
        className="sandbox"
        aria-label="Sandbox to deploy to"
        title={sandboxes.find((s) => s.name === current)?.detail}
        value={current}
        disabled={running}
        onChange={(e) => {
          void deployer.choose(e.target.value);
        }}
      >
        {list.map((s) => (
          <option key={s.name} value={s.name}>
            {s.name}
            {s.type === 'aws' ? ' (AWS)' : ''}
          </option>
        ))}
      </select>
      <Button
        look="primary"
        title={`Deploy  ${shown('Ctrl+Shift+D')}`}
        onClick={() => {
          action('run.deploy').run(app);
        }}
      >
        {planning || running ? <Spinner label={running ? 'Deploying' : 'Planning'} /> : <Icon name="deploy" />}
        Deploy
      </Button>
    </div>
  );
}
