// The canvas as it is shipped, over a session with a drawing that was made up.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge, Committed } from '../../src/bridge/api';
import { fakeBridge } from '../../src/bridge/fake';
import { Board } from '../../src/canvas/board';
import { Canvas } from '../../src/canvas/Canvas';
import { Hands } from '../../src/canvas/hands';
import { fit } from '../../src/canvas/verbs';
import { applyDiff } from '../../src/design/apply';
import type { Design } from '../../src/design/types';
import { Session } from '../../src/session/session';
import { useStore } from '../../src/session/store';
import { painted, recorder } from './frames';
import { middle } from './drawing';
import type { Stage } from './stage';

/** About what Go needs for one edit, its commit to the disk included. */
const delay = 5;

/** The fake with an open project. Its own checks are left out: they would be measured instead of the canvas. */
function bridge(design: Design): Bridge {
  const fake = fakeBridge();
  let now = design;
  const clean = { findings: [], undo: '', redo: '' };
  const project = { path: '/bench', name: 'bench', readOnly: '', notice: '', outside: null, sandbox: 'local' };
  const edit = async (diff: Committed['diff'], label: string): Promise<Committed> => {
    await new Promise((done) => setTimeout(done, delay));
    now = applyDiff(now, diff);
    return { ...clean, revision: now.revision, diff, label, saved: true };
  };
  return {
    listen: (to) => fake.listen(to),
    call: async (op, input) => {
      if (op === 'edit') {
        const { diff, label } = input as { diff: Committed['diff']; label: string };
        return (await edit(diff, label)) as never;
      }
      const answer = await fake.call(op, input);
      return op === 'start' ? { ...answer, project: { ...clean, ...project, design: now } } : answer;
    },
  };
}

function Page({ board, hands }: { board: Board; hands: Hands }) {
  // The canvas is mounted when there is a project, as the shell does.
  const open = useStore(board.session.project, (p) => p !== null);
  return open && <Canvas board={board} hands={hands} />;
}

export function ours(design: Design, root: HTMLElement): Stage {
  const session = new Session(bridge(design));
  const board = new Board(session);
  const hands = new Hands(board);
  const [nodes, wires] = [Object.keys(design.nodes).length, Object.keys(design.edges).length];
  return {
    ...recorder(),
    mount: async () => {
      const start = performance.timeOrigin + performance.now();
      session.begin();
      createRoot(root).render(
        <StrictMode>
          <Page board={board} hands={hands} />
        </StrictMode>,
      );
      await new Promise<void>((ready) => {
        const stop = session.project.subscribe(() => {
          stop();
          ready();
        });
      });
      return (await painted({ nodes, wires, node: 'box', wire: 'wire' })) - start;
    },
    all: () => {
      fit(board);
    },
    near: () => board.view?.zoomTo(1),
    select: (ids) => {
      session.select(ids);
    },
    at: (id) => middleOf(root.querySelector(`[data-node="${id}"]`)),
    ids: (count) => middle(nodes, count),
    saved: () =>
      new Promise((done) => {
        window.addEventListener(
          'pointerup',
          (e) => {
            const stop = session.project.subscribe(() => {
              if (session.project.get()?.saving.state !== 'saved') return;
              stop();
              requestAnimationFrame(() => {
                done(performance.now() - e.timeStamp);
              });
            });
          },
          { once: true, capture: true },
        );
      }),
  };
}

export function middleOf(el: Element | null): { x: number; y: number } {
  if (!el) throw new Error('not in the page');
  const r = el.getBoundingClientRect();
  return { x: r.x + r.width / 2, y: r.y + r.height / 2 };
}
