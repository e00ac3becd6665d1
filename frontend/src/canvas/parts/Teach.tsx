import type { ReactElement } from 'react';
import { Button, Kbd } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { useBoard } from '../context';

/** What an empty drawing says: how the first node gets here. */
export function Teach(): ReactElement {
  const board = useBoard();
  const ask = (): void => {
    const r = board.view?.element.getBoundingClientRect();
    if (!r || !board.view) return;
    const at = { x: r.left + r.width / 2, y: r.top + r.height / 2 };
    board.asking.set({ kind: 'target', at, from: null, spot: board.view.toCanvas(at), others: false });
  };
  return (
    <div className="teach">
      <div className="teach-card">
        <Icon name="wire" size={28} />
        <h2>Draw your system</h2>
        <ol>
          <li>Drag a node here from the palette, or double-click where it shall be.</li>
          <li>Draw a wire from one of its dots. Whatever lights up can be wired to it.</li>
          <li>
            Deploy with <Kbd keys="Ctrl Shift D" />. It runs on this machine; no account is needed.
          </li>
        </ol>
        <Button icon="add" look="primary" onClick={ask} disabled={board.session.readOnly}>
          Add the first node
        </Button>
      </div>
    </div>
  );
}
