// The menus of the table: the whole project (main), what can be done with the selection (context), export.
import type { ReactElement } from 'react';
import { useValue } from '../session/store';
import { Menu, type MenuItem, type MenuSection } from '../ui/menu';
import { type Action, action, enabled, exports } from './actions';
import type { App } from './app';
import { keysOf } from './keymap';
import { shown } from './keys';

export function item(app: App, a: Action): MenuItem {
  const out: MenuItem = {
    id: a.id,
    title: a.title,
    disabled: !enabled(app, a),
    run: () => {
      a.run(app);
    },
  };
  if (a.icon) out.icon = a.icon;
  const [key] = keysOf(app.session.prefs.get().keys, a);
  if (key) out.key = shown(key);
  if (a.danger) out.danger = true;
  if (a.checked?.(app)) out.checked = true;
  return out;
}

const of = (app: App, ...ids: string[]): MenuSection => ({ items: ids.map((id) => item(app, action(id))) });

function sections(app: App, name: 'main' | 'context' | 'export'): MenuSection[] {
  if (name === 'export') return [of(app, ...exports)];
  if (name === 'main') {
    return [
      of(app, 'help.commands', 'help.keys', 'help.settings', 'help.tour'),
      of(
        app,
        'project.new',
        'project.open',
        'project.saveas',
        'project.copy',
        'side.history',
        'export.svg',
        'export.png',
        'export.pdf',
        'project.close',
      ),
      of(app, 'edit.undo', 'edit.redo', 'select.find', 'node.add'),
      of(app, 'view.fit', 'view.palette', 'view.side', 'view.dock', 'view.map', 'view.resources', 'view.theme'),
      of(app, 'run.deploy', 'dock.template', 'dock.call', 'dock.logs', 'side.findings'),
    ];
  }
  if (app.session.selection.get().size === 0) {
    return [
      of(app, 'node.add', 'edit.paste'),
      of(app, 'select.all', 'view.fit', 'arrange.tidy', 'select.find'),
      of(app, 'export.svg', 'export.png', 'export.pdf'),
    ];
  }
  if (app.board.selectedNodes.length === 0) return [of(app, 'edit.properties'), of(app, 'edit.delete')];
  return [
    of(app, 'edit.properties', 'edit.rename', 'wire.to', 'wire.from'),
    of(app, 'edit.cut', 'edit.copy', 'edit.paste', 'edit.duplicate', 'edit.settings.copy', 'edit.settings.paste'),
    of(app, 'arrange.group', 'arrange.ungroup', 'arrange.fold', 'arrange.lock', 'arrange.front', 'arrange.back'),
    of(app, 'select.upstream', 'select.downstream', 'dock.call', 'dock.logs'),
    of(app, 'edit.delete', 'edit.heal'),
  ];
}

const labels = { main: 'Menu', context: 'What to do here', export: 'Export' };

export function Menus({ app }: { app: App }): ReactElement | null {
  const open = useValue(app.menu);
  if (!open) return null;
  return (
    <Menu
      key={`${String(open.at.x)} ${String(open.at.y)}`}
      label={labels[open.name]}
      at={open.at}
      sections={sections(app, open.name)}
      onClose={() => {
        app.menu.set(null);
      }}
    />
  );
}
