// The board: what the canvas knows beyond the session – the tool, the gesture under way, the focus, what is asked.
// Components watch its stores; the verbs (verbs.ts) and the hands (hands.ts) change them.
import type { Way } from '../catalog/connect';
import type { Direction } from '../catalog/types';
import { folder, type Shown } from '../design/fold';
import type { Point } from '../design/geometry';
import type { Design, Diff, ID, NodeRecord, Props } from '../design/types';
import type { Session } from '../session/session';
import { Store } from '../session/store';
import type { Wiring } from './gestures/connect';
import type { Judge, World } from './gestures/gesture';
import type { Marquee } from './gestures/marquee';
import type { Move } from './gestures/move';
import type { Placing } from './gestures/place';
import type { Resize } from './gestures/resize';
import { Resources } from './resources';
import { Routes } from './routes';
import type { View } from './view';

/** Nodes on their way by arrow keys: one edit when the keys rest. */
export interface Nudge {
  kind: 'nudge';
  moving: ReadonlySet<ID>;
  by: Point;
}

/** Nodes on their way to places that an edit has given them. */
export interface Glide {
  kind: 'glide';
  moving: ReadonlySet<ID>;
  /** How far each was from its place, and how much of that is left: 1 to 0. */
  back: ReadonlyMap<ID, Point>;
  left: number;
}

export type Gesture = Move | Marquee | Wiring | Resize | Placing | Nudge | Glide;

/** The wire whose end is in the hand. */
export const heldWire = (g: Gesture | null): ID | undefined =>
  g?.kind === 'connect' && g.phase === 'dragging' ? g.wire : undefined;

/** The wire that what is in the hand would come into. */
export const onto = (g: Gesture | null): ID | undefined =>
  g?.kind === 'move' || g?.kind === 'place' ? g.onto?.wire : undefined;

/** Where a wire that is not made yet hangs. */
export interface Loose {
  node: ID;
  port: string | undefined;
  dir: Direction;
}

/** A question at a place (page pixels): what comes here (at the end of a wire, or alone), or which of several ways a wire goes. */
export type Asking =
  | { kind: 'target'; at: Point; from: Loose | null; spot: Point; others: boolean }
  | { kind: 'way'; at: Point; from: ID; to: ID; ways: Way[] };

export type Tool = 'select' | 'hand';

export class Board {
  readonly session: Session;
  readonly routes: Routes;
  readonly resources: Resources;
  readonly tool = new Store<Tool>('select');
  /** Space is held: the hand for as long. */
  readonly space = new Store(false);
  readonly gesture = new Store<Gesture | null>(null);
  readonly asking = new Store<Asking | null>(null);
  /** The record whose turn it is for the keyboard. */
  readonly focus = new Store<ID>('');
  readonly renaming = new Store<ID>('');
  /** The wire under the pointer. */
  readonly looked = new Store<ID>('');
  /** The settings that were copied from a node, to be pasted on others of its kind. */
  readonly settings = new Store<{ kind: string; name: string; props: Props } | null>(null);
  /** Set while the canvas is on the page. */
  view: View | null = null;
  /** Where the pointer was last, in page pixels; null where it never was over the canvas. */
  pointer: Point | null = null;
  /** What the surroundings do for the canvas. */
  onMenu: (at: Point) => void = () => undefined;
  onProperties: () => void = () => undefined;

  private readonly fold: (d: Design) => Shown;
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    this.session = session;
    this.resources = new Resources(session);
    this.fold = folder((k) => session.shelf.isGroup(k));
    this.routes = new Routes((k) => session.shelf.spec(k));
  }

  get design(): Design {
    return this.session.design;
  }

  /** What the canvas shows of the drawing: collapsed groups hide what lies in them. */
  get shown(): Shown {
    return this.fold(this.design);
  }

  get selected(): ID[] {
    return [...this.session.selection.get()];
  }

  get selectedNodes(): NodeRecord[] {
    const d = this.design;
    return this.selected.flatMap((id) => d.nodes[id] ?? []);
  }

  get judge(): Judge {
    const { shelf } = this.session;
    return { spec: (k) => shelf.spec(k), verb: (p) => shelf.verb(p) };
  }

  world(): World {
    const d = this.shown.design;
    return {
      design: d,
      zoom: this.view?.zoom() ?? 1,
      isGroup: this.session.shelf.isGroup,
      judge: this.judge,
      course: (e) => this.routes.of(d, e),
    };
  }

  edit(diff: Diff, label: string, select?: Iterable<ID>): void {
    void this.session.edit(diff, label, select);
  }

  /** Selects records and gives the keyboard's turn to one of them. */
  turnTo(id: ID): void {
    this.session.select([id]);
    this.focus.set(id);
  }

  /** Gives the keyboard back to the canvas. */
  takeFocus(): void {
    const root = this.view?.element;
    if (root && !root.contains(document.activeElement)) root.focus({ preventScroll: true });
  }

  /** Begins or goes on nudging; finish is called when the keys rest. */
  nudge(n: Nudge, finish: () => void): void {
    this.gesture.set(n);
    clearTimeout(this.resting);
    this.resting = setTimeout(finish, 250);
  }

  /** The nudge under way, ended. */
  rest(): Nudge | null {
    clearTimeout(this.resting);
    const g = this.gesture.get();
    if (g?.kind !== 'nudge') return null;
    this.gesture.set(null);
    return g;
  }
}
