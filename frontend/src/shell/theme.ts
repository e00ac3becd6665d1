// Dark and light, and how strong the contrast is: what is set up, or what the system says.
import type { Contrast, Prefs, Theme } from '../session/prefs';
import type { Store } from '../session/store';

const order: readonly Theme[] = ['system', 'light', 'dark'];

export const nextTheme = (t: Theme): Theme => order[(order.indexOf(t) + 1) % order.length] ?? 'system';

const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** The theme that is shown now. */
export const shownTheme = (t: Theme): 'light' | 'dark' => (t === 'system' ? (dark().matches ? 'dark' : 'light') : t);

const strong = (): MediaQueryList => matchMedia('(prefers-contrast: more)');

/** Whether the contrast is high now. */
export const highContrast = (c: Contrast): boolean => (c === 'system' ? strong().matches : c === 'more');

/** Keeps the page in the theme of the preferences; gives a function that ends it. */
export function applyTheme(prefs: Store<Prefs>): () => void {
  const system = [dark(), strong()];
  const apply = (): void => {
    const { theme, contrast } = prefs.get();
    document.documentElement.dataset.theme = shownTheme(theme);
    document.documentElement.dataset.contrast = highContrast(contrast) ? 'more' : 'normal';
  };
  apply();
  for (const s of system) s.addEventListener('change', apply);
  const stop = prefs.subscribe(apply);
  return () => {
    for (const s of system) s.removeEventListener('change', apply);
    stop();
  };
}
