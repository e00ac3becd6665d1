// The window's own menu bar, from the table of actions. It shows no keys: the page catches them, and they can be changed.
import { action, actions, enabled, type Group } from './actions';
import type { App } from './app';

/** As app/desktop has it: no id and no items make a separator. */
export interface BarItem {
  ID?: string;
  Title?: string;
  Items?: BarItem[];
}

const order: readonly Group[] = ['Project', 'Edit', 'Select', 'Arrange', 'View', 'Run', 'Help'];

/** What the page does with text (copy, paste) and with travelling keys is no item of the bar. */
export function menuBar(): BarItem[] {
  return order.map((group) => ({
    Title: group,
    Items: actions
      .filter((a) => a.group === group && !a.keysOnly && !a.native)
      .map((a) => ({ ID: a.id, Title: a.title })),
  }));
}

/** Does what was chosen in the bar; what is not possible now is said. */
export function choose(app: App, id: string): void {
  if (document.querySelector('dialog[open]')) return;
  const a = action(id);
  if (enabled(app, a)) a.run(app);
  else app.session.toasts.say({ title: a.title.replace(/…$/, ''), text: 'This is not possible now.' });
}
