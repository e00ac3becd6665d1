// The page as a whole: the session, the canvas, and what the shell itself has open. Actions get this and nothing else.
import { Board } from '../canvas/board';
import { Hands } from '../canvas/hands';
import type { Point } from '../design/geometry';
import { Session } from '../session/session';
import type { Bridge } from '../bridge/api';
import type { DockTab, LeftTab, SideTab } from '../session/prefs';
import { Store } from '../session/store';

/** What lies over the page. */
export type Sheet = '' | 'commands' | 'keys' | 'new' | 'open' | 'copy' | 'saveas' | 'settings';

/** Below this width the sides lie over the canvas: a small window, or a page at 200 %. */
export const narrowQuery = '(max-width: 960px)';

export class App {
  readonly session: Session;
  readonly board: Board;
  readonly hands: Hands;
  readonly sheet = new Store<Sheet>('');
  /** The bar to find something on the drawing is there. */
  readonly finding = new Store(false);
  /** The menu that is open: its name and its place. */
  readonly menu = new Store<{ name: 'main' | 'context' | 'export'; at: Point } | null>(null);
  /** On a narrow page a side lies over the canvas, one at a time. */
  readonly drawer = new Store<'' | 'palette' | 'side'>('');
  readonly narrow = new Store(typeof matchMedia === 'function' && matchMedia(narrowQuery).matches);

  constructor(bridge: Bridge) {
    this.session = new Session(bridge);
    this.board = new Board(this.session);
    this.hands = new Hands(this.board);
    this.board.onMenu = (at) => {
      this.menu.set({ name: 'context', at });
    };
    this.board.onProperties = () => {
      this.showSide('properties');
    };
  }

  showSide(tab: SideTab): void {
    if (this.narrow.get()) this.drawer.set('side');
    this.session.prefs.update((p) => ({ ...p, side: true, sideTab: tab }));
  }

  toggleSide(which: 'palette' | 'side'): void {
    if (this.narrow.get()) this.drawer.update((d) => (d === which ? '' : which));
    else this.session.prefs.update((p) => ({ ...p, [which]: !p[which] }));
  }

  /** Shows a tab of the left side and gives it the keyboard. */
  showLeft(leftTab: LeftTab): void {
    if (this.narrow.get()) this.drawer.set('palette');
    this.session.prefs.update((p) => ({ ...p, palette: true, leftTab }));
    focusIn('#left-panel');
  }

  showDock(tab: DockTab): void {
    this.session.prefs.update((p) => ({ ...p, dock: true, dockTab: tab }));
  }
}

/** Gives the keyboard to what has the turn in a panel that is about to be shown. */
export function focusIn(panel: string): void {
  requestAnimationFrame(() => {
    const first = [':is([role=treeitem], [data-turn])[tabindex="0"]', ':is(input, select, textarea, button)'];
    for (const what of first) {
      const el = document.querySelector<HTMLElement>(`${panel} ${what}`);
      if (el) {
        el.focus();
        return;
      }
    }
  });
}
