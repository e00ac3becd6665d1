// An open project: toolbar, palette, canvas, sides and dock.
import { type ReactElement, useEffect } from 'react';
import { Canvas } from '../canvas/Canvas';
import { add, go } from '../canvas/verbs';
import { CallPanel } from '../panels/call/CallPanel';
import { DeployPanel } from '../panels/deploy/DeployPanel';
import { Find } from '../panels/find/Find';
import { Findings } from '../panels/findings/Findings';
import { HistoryPanel } from '../panels/history/HistoryPanel';
import { Inspector } from '../panels/inspector/Inspector';
import { LogsPanel } from '../panels/logs/LogsPanel';
import { Outline } from '../panels/outline/Outline';
import { Palette } from '../panels/palette/Palette';
import { Table } from '../panels/table/Table';
import { TemplatePanel } from '../panels/template/TemplatePanel';
import type { DockTab } from '../session/prefs';
import { useStore, useValue } from '../session/store';
import { Badge, IconButton } from '../ui/controls';
import { Splitter } from '../ui/splitter';
import { Tabs } from '../ui/tabs';
import { type App, narrowQuery } from './app';
import { Banners } from './Banners';
import { Toolbar } from './Toolbar';
import './workspace.css';

export function Workspace({ app }: { app: App }): ReactElement {
  const { session } = app;
  const prefs = useValue(session.prefs);
  const narrow = useNarrow(app);
  const drawer = useValue(app.drawer);
  const finding = useValue(app.finding);
  useEffect(
    () => () => {
      app.finding.set(false);
    },
    [app],
  );
  const placing = useStore(app.board.gesture, (g) => g?.kind === 'place');
  const palette = narrow ? drawer === 'palette' : prefs.palette;
  const side = narrow ? drawer === 'side' : prefs.side;
  return (
    <div className={`workspace ${narrow ? 'narrow' : ''} ${placing ? 'placing-kind' : ''}`}>
      <Toolbar app={app} />
      <Banners app={app} />
      <div className="workspace-body">
        {palette && (
          <nav className="left-side" aria-label="Palette and outline">
            <Left app={app} />
          </nav>
        )}
        <main className="middle">
          <div className="middle-canvas">
            <Canvas board={app.board} hands={app.hands} />
            {finding && (
              <Find
                onGo={(id) => {
                  go(app.board, id);
                }}
                onClose={() => {
                  app.finding.set(false);
                  app.board.takeFocus();
                }}
              />
            )}
          </div>
          <Dock app={app} />
        </main>
        {side && <Side app={app} />}
      </div>
    </div>
  );
}

function Left({ app }: { app: App }): ReactElement {
  const { session } = app;
  const tab = useStore(session.prefs, (p) => p.leftTab);
  return (
    <>
      <Tabs
        label="Left side"
        name="left"
        value={tab}
        tabs={[
          { id: 'palette', title: 'Palette' },
          { id: 'outline', title: 'Outline' },
        ]}
        onChange={(leftTab) => {
          session.prefs.update((p) => ({ ...p, leftTab }));
        }}
      />
      <div id="left-panel" role="tabpanel" aria-labelledby={`left-tab-${tab}`} className="tab-panel">
        {tab === 'palette' ? (
          <Palette
            onPress={(spec, e) => {
              app.hands.place(spec, e.nativeEvent);
            }}
            onAdd={(spec) => {
              add(app.board, spec);
              app.drawer.set('');
              app.board.takeFocus();
            }}
          />
        ) : (
          <Outline
            onGo={(id) => {
              go(app.board, id);
            }}
            onEnter={() => {
              app.drawer.set('');
              app.board.takeFocus();
            }}
          />
        )}
      </div>
    </>
  );
}

function useNarrow(app: App): boolean {
  useEffect(() => {
    const query = matchMedia(narrowQuery);
    const change = (): void => {
      app.narrow.set(query.matches);
      app.drawer.set('');
    };
    change();
    query.addEventListener('change', change);
    return () => {
      query.removeEventListener('change', change);
    };
  }, [app]);
  return useValue(app.narrow);
}

function Side({ app }: { app: App }): ReactElement {
  const { session } = app;
  const tab = useStore(session.prefs, (p) => p.sideTab);
  const width = useStore(session.prefs, (p) => p.sideWidth);
  const narrow = useValue(app.narrow);
  const findings = useStore(session.project, (p) => p?.findings) ?? [];
  const errors = findings.filter((f) => f.severity === 'error').length;
  return (
    <aside className="right-side" aria-label="Properties, findings and history" style={{ width }}>
      {!narrow && (
        <Splitter
          label="Width of the right side"
          panel="right"
          size={width}
          min={260}
          max={640}
          onSize={(sideWidth) => {
            session.prefs.update((p) => ({ ...p, sideWidth }));
          }}
        />
      )}
      <Tabs
        label="Right side"
        name="side"
        value={tab}
        tabs={[
          { id: 'properties', title: 'Properties' },
          {
            id: 'findings',
            title: 'Findings',
            badge: findings.length > 0 ? <Badge tone={errors > 0 ? 'danger' : 'plain'}>{findings.length}</Badge> : null,
          },
          { id: 'history', title: 'History' },
        ]}
        onChange={(sideTab) => {
          session.prefs.update((p) => ({ ...p, sideTab }));
        }}
        extra={
          <IconButton
            icon="close"
            label="Close the right side"
            onClick={() => {
              app.toggleSide('side');
            }}
          />
        }
      />
      <div id="side-panel" role="tabpanel" aria-labelledby={`side-tab-${tab}`} className="tab-panel">
        {tab === 'properties' && <Inspector />}
        {tab === 'findings' && (
          <Findings
            onGo={(id) => {
              go(app.board, id);
            }}
          />
        )}
        {tab === 'history' && (
          <HistoryPanel
            onGo={(id) => {
              go(app.board, id);
            }}
          />
        )}
      </div>
    </aside>
  );
}

const docks: readonly { id: DockTab; title: string }[] = [
  { id: 'table', title: 'Table' },
  { id: 'template', title: 'Template' },
  { id: 'deploy', title: 'Deploy' },
  { id: 'call', title: 'Call' },
  { id: 'logs', title: 'Logs' },
];

function Dock({ app }: { app: App }): ReactElement {
  const { session } = app;
  const open = useStore(session.prefs, (p) => p.dock);
  const tab = useStore(session.prefs, (p) => p.dockTab);
  const height = useStore(session.prefs, (p) => p.dockHeight);
  const busy = useStore(session.deployer.state, (s) => s.run?.status === 'running');
  const toggle = (): void => {
    session.prefs.update((p) => ({ ...p, dock: !p.dock }));
  };
  return (
    <>
      {open && (
        <Splitter
          label="Height of the lower panel"
          panel="bottom"
          size={height}
          min={120}
          max={Math.max(160, window.innerHeight - 260)}
          onSize={(dockHeight) => {
            session.prefs.update((p) => ({ ...p, dockHeight }));
          }}
        />
      )}
      <section className="dock" aria-label="Table, template, deploy, call and logs">
        <Tabs
          label="Lower panel"
          name="dock"
          value={tab}
          open={open}
          tabs={docks.map((d) => ({ ...d, badge: d.id === 'deploy' && busy ? <span className="busy-dot" /> : null }))}
          onChange={(dockTab) => {
            session.prefs.update((p) => ({
              ...p,
              dockTab,
              dock: !(p.dock && p.dockTab === dockTab) || p.dockTab !== dockTab,
            }));
          }}
          extra={
            <IconButton
              icon="chevron"
              label={open ? 'Close the lower panel' : 'Open the lower panel'}
              aria-expanded={open}
              className={open ? '' : 'turned'}
              onClick={toggle}
            />
          }
        />
        {open && (
          <div
            id="dock-panel"
            role="tabpanel"
            aria-labelledby={`dock-tab-${tab}`}
            className="tab-panel"
            style={{ height }}
          >
            {tab === 'table' && (
              <Table
                onGo={(id) => {
                  go(app.board, id);
                }}
              />
            )}
            {tab === 'template' && <TemplatePanel />}
            {tab === 'deploy' && <DeployPanel />}
            {tab === 'call' && <CallPanel />}
            {tab === 'logs' && <LogsPanel />}
          </div>
        )}
      </section>
    </>
  );
}
