import type { ReactElement } from 'react';
import { useStore } from '../session/store';
import { Button, Kbd } from '../ui/controls';
import { Dialog } from '../ui/dialog';
import { type Action, actions, type Group } from './actions';
import type { App } from './app';
import { keysOf } from './keymap';
import { shown } from './keys';

const order: readonly Group[] = ['Select', 'Edit', 'Arrange', 'View', 'Run', 'Project', 'Help'];

const pointer: readonly [string, string][] = [
  ['Space drag, middle drag, wheel', 'Pan'],
  ['Ctrl wheel, pinch', 'Zoom at the pointer'],
  ['Drag on empty', 'Select what is touched'],
  ['Shift click', 'Add to the selection'],
  ['Alt drag', 'Drag a copy'],
  ['Shift drag', 'Keep to a line'],
  ['Ctrl drag', 'Without snapping'],
  ['Double-click', 'Rename, or add a node on empty'],
];

/** Every key, from the table of actions, and what the pointer can do. */
export function KeySheet({ app, onClose }: { app: App; onClose: () => void }): ReactElement {
  const chosen = useStore(app.session.prefs, (p) => p.keys);
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={onClose}
      wide
      footer={
        <Button
          onClick={() => {
            app.sheet.set('settings');
          }}
        >
          Change keys…
        </Button>
      }
    >
      <div className="key-sheet">
        {order.map((g) => (
          <section key={g}>
            <h3>{g}</h3>
            <dl>
              {actions
                .filter((a) => a.group === g && keysOf(chosen, a).length > 0)
                .map((a) => (
                  <Line key={a.id} action={a} keys={keysOf(chosen, a)} />
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Pointer</h3>
          <dl>
            {pointer.map(([keys, what]) => (
              <div key={keys}>
                <dt>{what}</dt>
                <dd>
                  <Kbd keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

function Line({ action: a, keys }: { action: Action; keys: readonly string[] }): ReactElement {
  return (
    <div>
      <dt>{a.title.replace(/…$/, '')}</dt>
      <dd>
        {keys.map((k) => (
          <Kbd key={k} keys={shown(k)} />
        ))}
      </dd>
    </div>
  );
}
