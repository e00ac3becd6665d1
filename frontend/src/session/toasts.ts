// Short messages: what happened, where, why, what to do. Errors stay until they are closed.
import { asFault } from '../bridge/api';
import { Store } from './store';

export interface Toast {
  id: number;
  level: 'info' | 'error';
  title: string;
  text?: string;
  hint?: string;
  /** The record that it is about; the page selects it on click. */
  where?: string;
  action?: { title: string; run: () => void };
}

export class Toasts {
  readonly list = new Store<readonly Toast[]>([]);
  private next = 1;

  say(t: Omit<Toast, 'id' | 'level'>): void {
    const id = this.add({ ...t, level: 'info' });
    setTimeout(() => {
      this.dismiss(id);
    }, 5000);
  }

  /** Shows a failure: doing is what was tried, for instance "Deploy". */
  fail(doing: string, e: unknown): void {
    const f = asFault(e);
    if (f.code === 'canceled') return;
    const same = this.list.get().find((t) => t.title === doing && t.text === sentence(f.message));
    if (same) return;
    this.add({ level: 'error', title: doing, text: sentence(f.message), hint: sentence(f.hint), where: f.where });
  }

  dismiss(id: number): void {
    this.list.update((l) => l.filter((t) => t.id !== id));
  }

  private add(t: Omit<Toast, 'id'>): number {
    const id = this.next++;
    this.list.update((l) => [...l.slice(-4), { ...t, id }]);
    return id;
  }
}

/** Errors are lower-case and without a stop in Go; here they stand alone. */
export const sentence = (s: string): string =>
  s === '' ? '' : s.slice(0, 1).toUpperCase() + s.slice(1) + (/[.!?…]$/.test(s) ? '' : '.');
