// What a person sets up for themselves: how it looks, and which keys do what. The keys come from the one table of actions.
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { Contrast, Theme } from '../session/prefs';
import { useStore, useValue } from '../session/store';
import { Button, IconButton, Kbd, Segments } from '../ui/controls';
import { Dialog } from '../ui/dialog';
import { type Action, actions, type Group } from './actions';
import type { App } from './app';
import { chordOf, give, holder, keysOf, refusal, reset, take } from './keymap';
import { shown } from './keys';
import './settings.css';

const groups: readonly Group[] = ['Project', 'Edit', 'Select', 'Arrange', 'View', 'Run', 'Help'];
const themes: readonly { value: Theme; title: string }[] = [
  { value: 'system', title: 'As the system' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
];
const contrasts: readonly { value: Contrast; title: string }[] = [
  { value: 'system', title: 'As the system' },
  { value: 'normal', title: 'Normal' },
  { value: 'more', title: 'High' },
];

export function Settings({ app, onClose }: { app: App; onClose: () => void }): ReactElement {
  const { prefs } = app.session;
  const p = useValue(prefs);
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  // What the browser or the drawing does with its keys by itself is theirs.
  const own = actions.filter((a) => !a.native && !(a.keysOnly && /^(Tab|Shift\+Tab|Escape)$/.test(a.keys?.[0] ?? '')));
  const fits = (a: Action): boolean => {
    const text = `${a.title} ${a.group} ${keysOf(p.keys, a).map(shown).join(' ')}`.toLowerCase();
    return words.every((w) => text.includes(w));
  };
  return (
    <Dialog title="Settings" onClose={onClose} wide>
      <div className="settings">
        <div className="settings-look">
          <span>Theme</span>
          <Segments
            label="Theme"
            value={p.theme}
            options={themes}
            onChange={(theme) => {
              prefs.update((now) => ({ ...now, theme }));
            }}
          />
          <span>Contrast</span>
          <Segments
            label="Contrast"
            value={p.contrast}
            options={contrasts}
            onChange={(contrast) => {
              prefs.update((now) => ({ ...now, contrast }));
            }}
          />
        </div>
        <div className="settings-bar">
          <h3>Keys</h3>
          <input
            className="input"
            type="search"
            placeholder="Find an action or a key"
            aria-label="Find an action or a key"
            value={query}
            onChange={(e) => {
              setQuery(e.target.value);
            }}
          />
          <Button
            disabled={Object.keys(p.keys).length === 0}
            onClick={() => {
              prefs.update((now) => ({ ...now, keys: {} }));
            }}
          >
            Reset all keys
          </Button>
        </div>
        {groups.map((g) => {
          const list = own.filter((a) => a.group === g && fits(a));
          return (
            list.length > 0 && (
              <section key={g} aria-label={g}>
                <h4>{g}</h4>
                {list.map((a) => (
                  <Row key={a.id} app={app} action={a} />
                ))}
              </section>
            )
          );
        })}
      </div>
    </Dialog>
  );
}

function Row({ app, action: a }: { app: App; action: Action }): ReactElement {
  const { prefs } = app.session;
  const chosen = useStore(prefs, (p) => p.keys);
  const [listening, setListening] = useState(false);
  const [wanted, setWanted] = useState('');
  const keys = keysOf(chosen, a);
  const title = a.title.replace(/…$/, '');
  const window = useStore(app.session.entry, (e) => e.phase === 'ready' && e.start.window);
  const other = wanted ? holder(chosen, wanted, a.id) : undefined;
  const no = wanted ? refusal(wanted, window) : '';
  const assign = (text: string): void => {
    prefs.update((p) => ({ ...p, keys: give(p.keys, a, text) }));
    setWanted('');
  };
  return (
    <div className="settings-row" data-action={a.id}>
      <span className="settings-title">{title}</span>
      {keys.map((k) => (
        <span key={k} className="settings-key">
          <Kbd keys={shown(k)} />
          <IconButton
            icon="close"
            size={11}
            label={`Take ${shown(k)} from ${title}`}
            onClick={() => {
              prefs.update((p) => ({ ...p, keys: take(p.keys, a, k) }));
            }}
          />
        </span>
      ))}
      {listening ? (
        <Listen
          onStroke={(text) => {
            setListening(false);
            if (!text) return;
            if (holder(chosen, text, a.id) || refusal(text, window)) setWanted(text);
            else assign(text);
          }}
        />
      ) : (
        <IconButton
          icon="add"
          size={13}
          label={`Add a key for ${title}`}
          onClick={() => {
            setWanted('');
            setListening(true);
          }}
        />
      )}
      {chosen[a.id] && (
        <Button
          look="ghost"
          onClick={() => {
            prefs.update((p) => ({ ...p, keys: reset(p.keys, a) }));
          }}
        >
          Reset
        </Button>
      )}
      {wanted && (
        <p className="settings-conflict" role="alert">
          {no || `${shown(wanted)} is “${other?.title.replace(/…$/, '') ?? ''}”.`}
          {!no && (
            <Button
              onClick={() => {
                assign(wanted);
              }}
            >
              Use it here instead
            </Button>
          )}
          <Button
            look="ghost"
            onClick={() => {
              setWanted('');
            }}
          >
            Leave it
          </Button>
        </p>
      )}
    </div>
  );
}

/** Waits for a stroke; "" where it was called off. */
function Listen({ onStroke }: { onStroke: (text: string) => void }): ReactElement {
  const el = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    el.current?.focus();
  }, []);
  return (
    <button
      ref={el}
      type="button"
      className="settings-listen"
      onBlur={() => {
        onStroke('');
      }}
      onKeyDown={(e) => {
        e.preventDefault();
        e.stopPropagation();
        if (e.key === 'Escape') onStroke('');
        else {
          const text = chordOf(e);
          if (text) onStroke(text);
        }
      }}
    >
      Press a key
    </button>
  );
}
