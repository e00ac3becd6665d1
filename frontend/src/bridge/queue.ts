// The one way in which the page changes the drawing. Edits are shown at once and sent one after the other, each against
// the revision that the one before it made. Undo and redo wait in the same line: Go owns the history.
import { applyDiff, ApplyError, holds, isEmpty } from '../design/apply';
import type { Design, Diff } from '../design/types';
import { asFault, type Bridge, type Committed, type Fault, type Finding, type Opened, type Outside } from './api';

/** Where the page's changes are: on the disk, on the way, or not saved and why. */
export type Saving = { state: 'saved' } | { state: 'saving' } | { state: 'unsaved'; reason: string };

export interface QueueState {
  /** The drawing as the page shows it: what Go has, with the edits that are on the way. */
  design: Design;
  findings: Finding[];
  undo: string;
  redo: string;
  saving: Saving;
}

type Item =
  | { kind: 'edit'; diff: Diff; label: string; done: (ok: boolean) => void }
  | { kind: 'undo' | 'redo'; done: (ok: boolean) => void }
  | { kind: 'restore'; version: number; done: (ok: boolean) => void }
  | { kind: 'takein'; accept: boolean; done: (ok: boolean) => void };

interface Options {
  bridge: Bridge;
  changed: (s: QueueState, diff: Diff | null) => void;
  /** An edit that Go refused, or that no longer fits. The page shows the drawing without it. */
  refused: (f: Fault, label: string) => void;
  outside: (o: Outside | null) => void;
  /** Waits between tries while nothing can be saved. */
  wait?: (ms: number) => Promise<void>;
}

/** Faults after which the same edit may succeed later: nobody's mistake, so the edit is kept. */
// Undo is not repeated: done twice it would take back two changes.
const passing = new Set(['unreachable', 'unavailable']);

export class EditQueue {
  private server: Design;
  private local: Design;
  private findings: Finding[];
  private undoLabel: string;
  private redoLabel: string;
  private saving: Saving = { state: 'saved' };
  private items: Item[] = [];
  private early: Committed[] = [];
  private running = false;
  private closed = false;
  private readonly o: Options;

  constructor(opened: Opened, o: Options) {
    this.o = o;
    this.server = opened.design;
    this.local = opened.design;
    this.findings = opened.findings ?? [];
    this.undoLabel = opened.undo;
    this.redoLabel = opened.redo;
  }

  get state(): QueueState {
    return {
      design: this.local,
      findings: this.findings,
      undo: this.undoLabel,
      redo: this.redoLabel,
      saving: this.saving,
    };
  }

  /** Shows an edit and sends it. Resolves to whether it was saved. */
  edit(diff: Diff, label: string): Promise<boolean> {
    if (isEmpty(diff)) return Promise.resolve(true);
    this.local = { ...applyDiff(this.local, diff), revision: this.local.revision };
    return this.push((done) => ({ kind: 'edit', diff, label, done }), diff);
  }

  undo(): Promise<boolean> {
    return this.push((done) => ({ kind: 'undo', done }));
  }

  redo(): Promise<boolean> {
    return this.push((done) => ({ kind: 'redo', done }));
  }

  restore(version: number): Promise<boolean> {
    return this.push((done) => ({ kind: 'restore', version, done }));
  }

  takeIn(accept: boolean): Promise<boolean> {
    return this.push((done) => ({ kind: 'takein', accept, done }));
  }

  /** A commit from the event stream: our own (known already) or another door's. */
  commit(c: Committed): void {
    if (this.running) {
      this.early.push(c);
      return;
    }
    this.foreign(c);
  }

  /** Replaces the drawing by what Go has; what waits is kept where it still fits. */
  reset(opened: Opened): void {
    this.server = opened.design;
    this.findings = opened.findings ?? [];
    this.undoLabel = opened.undo;
    this.redoLabel = opened.redo;
    this.o.outside(opened.outside);
    this.rebase();
    this.tell(null);
  }

  close(): void {
    this.closed = true;
    for (const i of this.items) i.done(false);
    this.items = [];
  }

  private push(make: (done: (ok: boolean) => void) => Item, diff: Diff | null = null): Promise<boolean> {
    return new Promise((resolve) => {
      this.items.push(make(resolve));
      if (this.saving.state === 'saved') this.saving = { state: 'saving' };
      this.tell(diff);
      void this.run();
    });
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let pause = 500;
    while (this.items.length > 0 && !this.closed) {
      const item = this.items[0] as Item;
      try {
        const c = await this.send(item);
        pause = 500;
        this.items.shift();
        this.settle(c);
        this.saving = this.items.length > 0 ? { state: 'saving' } : { state: 'saved' };
        this.tell(null);
        item.done(true);
      } catch (e) {
        const f = asFault(e);
        if (f.code === 'conflict' && item.kind === 'edit') {
          const before = this.server.revision;
          await this.refetch();
          if (this.server.revision === before) await this.rest(200);
        } else if (passing.has(f.code) && item.kind === 'edit') {
          this.saving = { state: 'unsaved', reason: f.message };
          this.tell(null);
          await this.rest(pause);
          pause = Math.min(pause * 2, 4000);
          // The answer may have been lost after the change was written: look before sending again.
          await this.refetch();
        } else {
          this.items.shift();
          this.rebase();
          this.saving = this.items.length > 0 ? { state: 'saving' } : { state: 'saved' };
          this.tell(null);
          this.o.refused(f, item.kind === 'edit' ? item.label : item.kind);
          item.done(false);
        }
      }
    }
    this.running = false;
    for (const c of this.early.splice(0)) this.foreign(c);
  }

  private rest(ms: number): Promise<void> {
    return (this.o.wait ?? sleep)(ms);
  }

  private send(item: Item): Promise<Committed> {
    switch (item.kind) {
      case 'edit':
        return this.o.bridge.call('edit', { base: this.server.revision, diff: item.diff, label: item.label });
      case 'restore':
        return this.o.bridge.call('restore', { version: item.version });
      case 'takein':
        return this.o.bridge.call('takein', { accept: item.accept });
      case 'undo':
      case 'redo':
        return this.o.bridge.call(item.kind, {});
    }
  }

  /** Takes in an answer. The drawing is computed anew from what Go committed, then the waiting edits on top. */
  private settle(c: Committed): void {
    if (c.revision > this.server.revision) {
      this.server = { ...applyDiff(this.server, c.diff), revision: c.revision };
    }
    this.note(c);
    this.rebase();
  }

  private foreign(c: Committed): void {
    if (c.revision <= this.server.revision) return;
    if (c.revision !== this.server.revision + 1) {
      void this.refetch();
      return;
    }
    try {
      this.settle(c);
    } catch {
      void this.refetch();
      return;
    }
    this.tell(c.diff);
  }

  private note(c: Committed): void {
    this.findings = c.findings ?? [];
    this.undoLabel = c.undo;
    this.redoLabel = c.redo;
  }

  private async refetch(): Promise<void> {
    try {
      const start = await this.o.bridge.call('start', {});
      if (start.project && !this.closed) this.reset(start.project);
    } catch {
      // Not reachable: the round that called tries again.
    }
  }

  /** Puts the waiting edits on top of Go's drawing; those that are in it already or no longer fit are dropped. */
  private rebase(): void {
    let d = this.server;
    const kept: Item[] = [];
    for (const item of this.items) {
      if (item.kind !== 'edit') {
        kept.push(item);
        continue;
      }
      try {
        d = applyDiff(d, item.diff);
        kept.push(item);
      } catch (e) {
        if (holds(d, item.diff)) {
          item.done(true);
          continue;
        }
        item.done(false);
        const where = e instanceof ApplyError ? e.where : '';
        this.o.refused(
          asFault(Object.assign(new Error('somebody else changed the same thing meanwhile'), { where })),
          item.label,
        );
      }
    }
    this.items = kept;
    this.local = { ...d, revision: this.server.revision };
    if (kept.length === 0 && this.saving.state !== 'saved') this.saving = { state: 'saved' };
  }

  private tell(diff: Diff | null): void {
    if (!this.closed) this.o.changed(this.state, diff);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
