// Menus: a list of things to do at a place, with arrow keys, first letters and Escape.
import { type ReactElement, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Icon, type IconName } from './icons';
import './menu.css';

export interface MenuItem {
  id: string;
  title: string;
  icon?: IconName;
  key?: string;
  disabled?: boolean;
  checked?: boolean;
  danger?: boolean;
  run: () => void;
}

export interface MenuSection {
  title?: string;
  items: MenuItem[];
}

interface Place {
  x: number;
  y: number;
  /** Opens upwards from y. */
  up?: boolean;
}

export function Menu(props: { label: string; at: Place; sections: MenuSection[]; onClose: () => void }): ReactElement {
  const { onClose } = props;
  return (
    <Popover label={props.label} at={props.at} onClose={onClose} role="menu">
      {props.sections
        .filter((s) => s.items.length > 0)
        .map((s, i) => (
          <div key={s.title ?? i} role="group" aria-label={s.title} className="menu-section">
            {s.title && <div className="menu-title">{s.title}</div>}
            {s.items.map((item) => (
              <button
                key={item.id}
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
                aria-checked={item.checked}
                aria-disabled={item.disabled}
                tabIndex={-1}
                className={`menu-item ${item.danger ? 'menu-danger' : ''}`}
                onClick={() => {
                  if (item.disabled) return;
                  onClose();
                  item.run();
                }}
              >
                <span className="menu-icon">
                  {item.checked ? (
                    <Icon name="check" size={14} />
                  ) : item.icon ? (
                    <Icon name={item.icon} size={15} />
                  ) : null}
                </span>
                <span className="menu-text">{item.title}</span>
                {item.key && <span className="menu-key">{item.key}</span>}
              </button>
            ))}
          </div>
        ))}
    </Popover>
  );
}

/** Something small at a place: inside the window, closed by Escape or a press outside, focus given back. */
export function Popover(props: {
  label: string;
  at: Place;
  onClose: () => void;
  role: 'menu' | 'dialog' | 'listbox';
  children: ReactNode;
}): ReactElement {
  const { onClose, at } = props;
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (!box) return;
    const left = Math.max(8, Math.min(at.x, window.innerWidth - box.width - 8));
    const wanted = at.up ? at.y - box.height : at.y;
    const top = Math.max(8, Math.min(wanted, window.innerHeight - box.height - 8));
    setPlace({ left, top });
  }, [at.x, at.y, at.up]);

  useEffect(() => {
    const before = document.activeElement;
    const box = ref.current;
    const first = box?.querySelector<HTMLElement>(
      '[data-first], [role^=menuitem]:not([aria-disabled=true]), button, input',
    );
    (first ?? box)?.focus({ preventScroll: true });
    const press = (e: PointerEvent): void => {
      if (e.target instanceof globalThis.Node && !box?.contains(e.target)) close.current();
    };
    document.addEventListener('pointerdown', press, true);
    const blur = (): void => {
      close.current();
    };
    window.addEventListener('blur', blur);
    return () => {
      document.removeEventListener('pointerdown', press, true);
      window.removeEventListener('blur', blur);
      const inside = document.activeElement === document.body || box?.contains(document.activeElement);
      if (before instanceof HTMLElement && before.isConnected && inside) before.focus({ preventScroll: true });
    };
  }, []);

  const keyDown = (e: React.KeyboardEvent): void => {
    e.stopPropagation();
    if (e.key === 'Escape' || (e.key === 'Tab' && props.role === 'menu')) {
      e.preventDefault();
      close.current();
      return;
    }
    const items = [...(ref.current?.querySelectorAll<HTMLElement>('[role^=menuitem], [role=option]') ?? [])];
    const i = items.indexOf(document.activeElement as HTMLElement);
    const go = (n: number): void => {
      e.preventDefault();
      items[(n + items.length) % items.length]?.focus();
    };
    if (items.length === 0) return;
    if (e.key === 'ArrowDown') go(i + 1);
    else if (e.key === 'ArrowUp') go(i < 0 ? items.length - 1 : i - 1);
    else if (e.key === 'Home' && props.role === 'menu') go(0);
    else if (e.key === 'End' && props.role === 'menu') go(items.length - 1);
    else if (props.role === 'menu' && e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey) {
      const letter = e.key.toLowerCase();
      const order = [...items.slice(i + 1), ...items.slice(0, i + 1)];
      const hit = order.find((x) =>
        (x.querySelector('.menu-text')?.textContent ?? '').toLowerCase().startsWith(letter),
      );
      if (hit) {
        e.preventDefault();
        hit.focus();
      }
    }
  };

  return createPortal(
    <div
      ref={ref}
      className="popover"
      role={props.role}
      aria-label={props.label}
      tabIndex={-1}
      style={place ? { left: place.left, top: place.top } : { opacity: 0, left: 0, top: 0 }}
      onKeyDown={keyDown}
      onContextMenu={(e) => {
        e.preventDefault();
      }}
    >
      {props.children}
    </div>,
    document.body,
  );
}
