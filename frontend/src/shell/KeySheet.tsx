import type { ReactElement } from 'react';
import { Kbd } from '../ui/controls';
import { Dialog } from '../ui/dialog';
import { type Action, actions, type Group } from './actions';
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
export function KeySheet({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <div className="key-sheet">
        {order.map((g) => (
          <section key={g}>
            <h3>{g}</h3>
            <dl>
              {actions
                .filter((a) => a.group === g && a.keys)
                .map((a) => (
                  <Line key={a.id} action={a} />
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

function Line({ action: a }: { action: Action }): ReactElement {
  return (
    <div>
      <dt>{a.title.replace(/…$/, '')}</dt>
      <dd>
        {a.keys?.map((k) => (
          <Kbd key={k} keys={shown(k)} />
        ))}
      </dd>
    </div>
  );
}
