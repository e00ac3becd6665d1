// What a person has set up on this page: theme, panels and their sizes. Kept by the browser, never in the project.
import { Store } from './store';

export type Theme = 'system' | 'light' | 'dark';
export type Contrast = 'system' | 'normal' | 'more';
export type SideTab = 'properties' | 'findings' | 'history';
export type LeftTab = 'palette' | 'outline';
export type DockTab = 'table' | 'template' | 'deploy' | 'call' | 'logs';

export interface Prefs {
  theme: Theme;
  contrast: Contrast;
  /** Keys by action, where they are not the table's. */
  keys: Readonly<Record<string, readonly string[]>>;
  palette: boolean;
  leftTab: LeftTab;
  side: boolean;
  sideTab: SideTab;
  sideWidth: number;
  dock: boolean;
  dockTab: DockTab;
  dockHeight: number;
  format: 'json' | 'yaml';
  minimap: boolean;
  /** Whether the first steps are shown. */
  tour: boolean;
  /** Whether the template was ever looked at. */
  templateSeen: boolean;
  /** Whether the canvas shows the generated resources. */
  resources: boolean;
}

const initial: Prefs = {
  theme: 'system',
  contrast: 'system',
  keys: {},
  palette: true,
  leftTab: 'palette',
  side: true,
  sideTab: 'properties',
  sideWidth: 336,
  dock: false,
  dockTab: 'deploy',
  dockHeight: 300,
  format: 'yaml',
  minimap: true,
  tour: true,
  templateSeen: false,
  resources: false,
};

const key = 'airloom.prefs';

export function loadPrefs(): Store<Prefs> {
  let kept: Partial<Prefs> = {};
  try {
    kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Prefs>;
  } catch {
    // Nothing kept, or nothing that can be read: the defaults are good.
  }
  const store = new Store<Prefs>({ ...initial, ...kept });
  store.subscribe(() => {
    try {
      localStorage.setItem(key, JSON.stringify(store.get()));
    } catch {
      // A page without storage forgets; that is all.
    }
  });
  return store;
}
