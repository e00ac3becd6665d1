// A value that components can watch. Small on purpose: the page has a handful of them.
import { useSyncExternalStore } from 'react';

export class Store<T> {
  private value: T;
  private readonly listeners = new Set<() => void>();

  constructor(value: T) {
    this.value = value;
  }

  get = (): T => this.value;

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const l of [...this.listeners]) l();
  }

  update(change: (v: T) => T): void {
    this.set(change(this.value));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** Watches a part of a store. select must give the same value for the same state: a field, a number, a kept object. */
export function useStore<T, S>(store: Store<T>, select: (v: T) => S): S {
  const read = (): S => select(store.get());
  return useSyncExternalStore(store.subscribe, read, read);
}

/** Watches a whole store. */
export function useValue<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
