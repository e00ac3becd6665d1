// Buttons and other small controls.
import { type ButtonHTMLAttributes, type ReactElement, type ReactNode, type Ref } from 'react';
import './controls.css';
import { Icon, type IconName } from './icons';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'plain' | 'primary' | 'danger' | 'ghost';
  icon?: IconName;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = 'plain', icon, children, className = '', ...rest }: ButtonProps): ReactElement {
  return (
    <button type="button" className={`button button-${look} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'title'> {
  icon: IconName;
  /** The name for screen readers and the tooltip. */
  label: string;
  /** The key that does the same, shown in the tooltip. */
  hint?: string;
  pressed?: boolean;
  size?: number;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  icon,
  label,
  hint,
  pressed,
  size,
  className = '',
  ...rest
}: IconButtonProps): ReactElement {
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={label}
      aria-pressed={pressed}
      title={hint ? `${label}  ${hint}` : label}
      {...rest}
    >
      <Icon name={icon} size={size ?? 17} />
    </button>
  );
}

/** A switch: on or off at once. */
export function Switch(props: {
  checked: boolean;
  onChange: (on: boolean) => void;
  label: string;
  id?: string;
  disabled?: boolean;
}): ReactElement {
  return (
    <button
      type="button"
      role="switch"
      id={props.id}
      className="switch"
      aria-checked={props.checked}
      aria-label={props.label}
      disabled={props.disabled}
      onClick={() => {
        props.onChange(!props.checked);
      }}
    >
      <span />
    </button>
  );
}

/** A few choices side by side, one of them taken. */
export function Segments<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; title: string }[];
  onChange: (v: T) => void;
}): ReactElement {
  return (
    <div className="segments" role="group" aria-label={props.label}>
      {props.options.map((o) => (
        <button
          key={o.value}
          type="button"
          aria-pressed={o.value === props.value}
          onClick={() => {
            props.onChange(o.value);
          }}
        >
          {o.title}
        </button>
      ))}
    </div>
  );
}

export function Badge({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'danger' | 'warn' | 'ok' | 'accent';
  children: ReactNode;
}): ReactElement {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

export function Spinner({ label }: { label: string }): ReactElement {
  return <span className="spinner" role="status" aria-label={label} />;
}

/** A place with nothing in it, saying what would be there and how it gets there. */
export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
}): ReactElement {
  return (
    <div className="empty">
      <Icon name={icon} size={22} />
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  );
}

export function Kbd({ keys }: { keys: string }): ReactElement {
  return <kbd className="kbd">{keys}</kbd>;
}
