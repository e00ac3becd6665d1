// Dark and light: what is set up, or what the system says.
import type { Prefs, Theme } from '../session/prefs';
import type { Store } from '../session/store';

const order: readonly Theme[] = ['system', 'light', 'dark'];

export const nextTheme = (t: Theme): Theme => order[(order.indexOf(t) + 1) % order.length] ?? 'system';

const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** The theme that is shown now. */
export const shownTheme = (t: Theme): 'light' | 'dark' => (t === 'system' ? (dark().matches ? 'dark' : 'light') : t);

/** Keeps the page in the theme of the preferences; gives a function that ends it. */
export function applyTheme(prefs: Store<Prefs>): () => void {
  const system = dark();
  const apply = (): void => {
    document.documentElement.dataset.theme = shownTheme(prefs.get().theme);
  };
  apply();
  system.addEventListener('change', apply);
  const stop = prefs.subscribe(apply);
  return () => {
    system.removeEventListener('change', apply);
    stop();
  };
}
