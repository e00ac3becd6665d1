// Tabs by the ARIA pattern: arrow keys move, the panel is named by its tab.
import type { ReactElement, ReactNode } from 'react';
import './tabs.css';

export function Tabs<T extends string>(props: {
  label: string;
  name: string;
  value: T;
  tabs: readonly { id: T; title: string; badge?: ReactNode }[];
  onChange: (id: T) => void;
  extra?: ReactNode;
  /** Whether the panel is shown; a tab opens it. */
  open?: boolean;
}): ReactElement {
  const go = (e: React.KeyboardEvent, by: number): void => {
    const i = props.tabs.findIndex((t) => t.id === props.value);
    const next = props.tabs[(i + by + props.tabs.length) % props.tabs.length];
    if (!next) return;
    e.preventDefault();
    e.stopPropagation();
    props.onChange(next.id);
    const list = e.currentTarget;
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected=true]')?.focus());
  };
  return (
    <div className="tabs">
      <div
        role="tablist"
        aria-label={props.label}
        className="tabs-list"
        onKeyDown={(e) => {
          if (e.key === 'ArrowRight') go(e, 1);
          if (e.key === 'ArrowLeft') go(e, -1);
        }}
      >
        {props.tabs.map((t) => (
          <button
            key={t.id}
            type="button"
            role="tab"
            id={`${props.name}-tab-${t.id}`}
            aria-selected={t.id === props.value && props.open !== false}
            aria-controls={`${props.name}-panel`}
            tabIndex={t.id === props.value ? 0 : -1}
            className="tab"
            onClick={() => {
              props.onChange(t.id);
            }}
          >
            {t.title}
            {t.badge}
          </button>
        ))}
      </div>
      {props.extra && <div className="tabs-extra">{props.extra}</div>}
    </div>
  );
}
