// What the page knows: the open project, what is selected, what is deployed, what was logged. Everything above (canvas,
// panels, shell) watches its stores and calls its methods; nothing above talks to Go by itself.
import {
  asFault,
  type AppEvent,
  type Bridge,
  Fault,
  type Finding,
  type Message,
  type Opened,
  type Operation,
  type Operations,
  type Outside,
  type Start,
} from '../bridge/api';
import { EditQueue, type QueueState, type Saving } from '../bridge/queue';
import { Shelf } from '../catalog/shelf';
import { type Design, type Diff, emptyDesign, type ID } from '../design/types';
import { Calls } from './calls';
import { Deployer, type Mark } from './deployer';
import { History } from './history';
import { Logbook } from './logbook';
import { loadPrefs } from './prefs';
import { Store } from './store';
import { Toasts } from './toasts';

export interface Project {
  path: string;
  name: string;
  design: Design;
  findings: readonly Finding[];
  /** Findings by the record that they are about. */
  found: ReadonlyMap<ID, readonly Finding[]>;
  undo: string;
  redo: string;
  saving: Saving;
  /** Why nothing can be written, "" where it can. */
  readOnly: string;
  outside: Outside | null;
  /** What should be known about how the file was opened, until it is put away. */
  notice: string;
}

export type Entry = { phase: 'loading' } | { phase: 'failed'; fault: Fault } | { phase: 'ready'; start: Start };

export class Session {
  readonly bridge: Bridge;
  readonly entry = new Store<Entry>({ phase: 'loading' });
  readonly project = new Store<Project | null>(null);
  readonly selection = new Store<ReadonlySet<ID>>(new Set());
  readonly online = new Store(true);
  /** What a screen reader is told. */
  readonly said = new Store('');
  readonly toasts = new Toasts();
  readonly prefs = loadPrefs();
  readonly logbook = new Logbook();
  readonly calls: Calls;
  readonly deployer: Deployer;
  readonly history: History;
  /** What is painted on records: the difference that is looked at, or the plan and what became of it. */
  readonly marks = new Store<ReadonlyMap<ID, Mark>>(new Map());
  shelf = new Shelf([], []);

  /** Does an action that was chosen in the window's own menu. */
  onMenu: (id: string) => void = () => undefined;

  private queue: EditQueue | null = null;
  private boot = '';

  constructor(bridge: Bridge) {
    this.bridge = bridge;
    this.calls = new Calls(bridge);
    this.history = new History(bridge);
    this.deployer = new Deployer(bridge, (doing, e) => {
      this.toasts.fail(doing, e);
    });
    const paint = (): void => {
      const { comparison, marks } = this.history.state.get();
      this.marks.set(comparison ? marks : this.deployer.state.get().marks);
    };
    this.history.state.subscribe(paint);
    this.deployer.state.subscribe(paint);
  }

  /** Loads what the first screen needs and begins to listen. Gives a function that ends it. */
  begin(): () => void {
    void this.load();
    // Somebody who comes back may have pulled or edited the text snapshot meanwhile.
    const back = (): void => void this.lookOutside();
    window.addEventListener('focus', back);
    const stop = this.bridge.listen({
      message: (m) => {
        this.message(m);
      },
      connected: (yes) => {
        this.online.set(yes);
      },
    });
    return () => {
      window.removeEventListener('focus', back);
      stop();
    };
  }

  private async lookOutside(): Promise<void> {
    if (!this.project.get() || !this.online.get()) return;
    try {
      const { outside } = await this.bridge.call('outside', {});
      this.patch({ outside });
    } catch {
      // Whatever keeps Go from telling is told by what the person does next.
    }
  }

  async load(): Promise<void> {
    try {
      const [catalog, start] = await Promise.all([this.bridge.call('catalog', {}), this.bridge.call('start', {})]);
      this.shelf = new Shelf(catalog.kinds, catalog.protocols);
      this.arrive(start);
    } catch (e) {
      if (!this.project.get()) this.entry.set({ phase: 'failed', fault: asFault(e) });
    }
  }

  async open(path: string): Promise<void> {
    this.enter(await this.bridge.call('open', { path }));
  }

  async create(input: { name: string; folder?: string; sample?: string }): Promise<void> {
    this.enter(await this.bridge.call('create', input));
  }

  async close(): Promise<void> {
    try {
      await this.bridge.call('close', {});
    } catch (e) {
      this.toasts.fail('Close', e);
    }
    this.leave();
    await this.load();
  }

  get design(): Design {
    return this.project.get()?.design ?? emptyDesign();
  }

  get readOnly(): boolean {
    return (this.project.get()?.readOnly ?? '') !== '';
  }

  /** Changes the drawing. What select names is selected at once. Resolves to whether it was saved. */
  edit(diff: Diff, label: string, select?: Iterable<ID>): Promise<boolean> {
    const p = this.project.get();
    if (!this.queue || !p) return Promise.resolve(false);
    if (p.readOnly) {
      this.toasts.fail('Read-only', new Error(p.readOnly));
      return Promise.resolve(false);
    }
    const saved = this.queue.edit(diff, label);
    if (select) this.select(select);
    return saved;
  }

  async undo(): Promise<void> {
    const label = this.project.get()?.undo;
    if (label && (await this.queue?.undo())) this.say(`Undone: ${label}`);
  }

  async redo(): Promise<void> {
    const label = this.project.get()?.redo;
    if (label && (await this.queue?.redo())) this.say(`Redone: ${label}`);
  }

  /** Makes the drawing what it was at a version, as a new change. */
  async restore(version: number): Promise<void> {
    if (await this.queue?.restore(version)) this.say(`Restored version ${String(version)}`);
  }

  /** Gives a version a name; an empty one takes it away. */
  async nameVersion(version: number, name: string): Promise<void> {
    if (await this.ask('Name', 'version', { version, name })) await this.history.load();
  }

  async takeIn(accept: boolean): Promise<void> {
    if (await this.queue?.takeIn(accept)) this.patch({ outside: null });
  }

  /** Puts the notice about how the file was opened away. */
  noted(): void {
    this.patch({ notice: '' });
  }

  select(ids: Iterable<ID>): void {
    const next = new Set(ids);
    const now = this.selection.get();
    if (next.size === now.size && [...next].every((id) => now.has(id))) return;
    this.selection.set(next);
  }

  say(text: string): void {
    // The same text twice is read twice only where it differs.
    this.said.update((before) => (before === text ? `${text}\u00a0` : text));
  }

  /** Calls Go for a thing that has no state here; a failure is shown. */
  async ask<K extends Operation>(
    doing: string,
    op: K,
    input: Operations[K]['in'],
  ): Promise<Operations[K]['out'] | null> {
    try {
      return await this.bridge.call(op, input);
    } catch (e) {
      this.toasts.fail(doing, e);
      return null;
    }
  }

  private arrive(start: Start): void {
    this.entry.set({ phase: 'ready', start });
    if (!start.project) this.leave();
    else if (this.queue && this.project.get()?.path === start.project.path) this.refresh(start.project);
    else this.enter(start.project);
  }

  private enter(o: Opened): void {
    this.queue?.close();
    this.queue = new EditQueue(o, {
      bridge: this.bridge,
      changed: (s) => {
        this.take(s);
      },
      refused: (f, label) => {
        this.toasts.fail(label.slice(0, 1).toUpperCase() + label.slice(1), f);
      },
      outside: (outside) => {
        this.patch({ outside });
      },
    });
    this.selection.set(new Set());
    this.logbook.clear();
    this.calls.clear();
    this.history.leave();
    this.project.set({
      path: o.path,
      name: o.name,
      ...drawn(this.queue.state),
      readOnly: o.readOnly,
      outside: o.outside,
      notice: o.notice,
    });
    void this.deployer.enter(o.sandbox).then(() => this.pastLogs());
  }

  private refresh(o: Opened): void {
    this.queue?.reset(o);
    this.patch({ name: o.name, readOnly: o.readOnly });
  }

  private leave(): void {
    this.queue?.close();
    this.queue = null;
    this.selection.set(new Set());
    this.project.set(null);
    this.deployer.leave();
  }

  private async pastLogs(): Promise<void> {
    const { deployment, current } = this.deployer.state.get();
    if (!deployment) return;
    try {
      const past = await this.bridge.call('logs', { sandbox: current, limit: 500 });
      this.logbook.fill(past.events ?? []);
    } catch (e) {
      this.toasts.fail('Logs', e);
    }
  }

  /** What went wrong without anybody having asked: a source that does not pack, logs that are no longer followed. */
  private warn(e: AppEvent): void {
    const body = { code: 'internal', message: e.text, where: e.node ?? '', hint: e.data?.hint ?? '' };
    this.toasts.fail(this.design.nodes[e.node ?? '']?.name ?? 'Sandbox', new Fault(body));
  }

  private take(s: QueueState): void {
    const d = drawn(s);
    this.patch(d);
    const selected = this.selection.get();
    const left = [...selected].filter((id) => d.design.nodes[id] ?? d.design.edges[id]);
    if (left.length !== selected.size) this.select(left);
  }

  private patch(p: Partial<Project>): void {
    this.project.update((now) => now && { ...now, ...p });
  }

  private message(m: Message): void {
    switch (m.kind) {
      case 'hello':
        // After an interruption or a restart something may have been missed.
        if (this.boot) {
          void this.load();
          void this.deployer.resume();
        }
        this.boot = m.boot;
        return;
      case 'commit':
        this.queue?.commit(m.commit);
        return;
      case 'event':
        if (m.event.type === 'log') this.logbook.add(m.event);
        else if (m.event.type === 'warn' && !m.event.job) this.warn(m.event);
        else this.deployer.event(m.event);
        return;
      case 'job':
        this.deployer.job(m.job);
        return;
      case 'project':
        void this.load();
        return;
      case 'menu':
        this.onMenu(m.id);
        return;
    }
  }
}

/** What of the queue's state the page shows. */
function drawn(s: QueueState): Pick<Project, 'design' | 'findings' | 'found' | 'undo' | 'redo' | 'saving'> {
  const found = new Map<ID, Finding[]>();
  for (const f of s.findings) {
    if (f.node) found.set(f.node, [...(found.get(f.node) ?? []), f]);
  }
  return { design: s.design, findings: s.findings, found, undo: s.undo, redo: s.redo, saving: s.saving };
}
