// One editor per type of field, none per kind.
import { type KeyboardEvent, type ReactElement, useState } from 'react';
import type { Field } from '../../catalog/types';
import { IconButton, Switch } from '../../ui/controls';
import { CodeEditor } from '../../ui/editor';
import { useDraft } from './draft';
import { FolderButton } from './FolderButton';
import { Grid } from './Grid';
import { jsonError } from './json';
import { referenceOf } from './reference';
import { ReferenceChip, ReferencePicker } from './ReferenceField';
import { defaultText, textOf, valueFrom } from './values';

export interface EditorProps {
  id: string;
  field: Field;
  /** The value that is set, undefined where the default counts. */
  value: unknown;
  /** Several records have different values. */
  mixed: boolean;
  label: string;
  /** Shown while nothing is typed and there is no default. */
  hint?: string;
  describedBy?: string | undefined;
  invalid: boolean;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

export function Editor(p: EditorProps): ReactElement {
  switch (p.field.type) {
    case 'flag':
      return <FlagEditor {...p} />;
    case 'choice':
      return <ChoiceEditor {...p} />;
    case 'color':
      return <ColorEditor {...p} />;
    case 'list':
    case 'map':
    case 'rows':
      return p.mixed ? (
        <Mixed {...p} />
      ) : (
        <Grid
          field={p.field}
          value={p.value ?? p.field.default}
          label={p.label}
          disabled={p.disabled}
          onChange={p.onChange}
        />
      );
    case 'longtext':
      return <AreaEditor {...p} />;
    case 'json':
    case 'code':
      return <CodeField {...p} />;
    case 'text':
    case 'number':
    case 'cron':
    case 'path': {
      const reference = p.field.references ? referenceOf(p.value) : null;
      return reference ? <ReferenceChip {...p} reference={reference} /> : <LineEditor {...p} />;
    }
  }
}

const mixedText = 'mixed';

function Mixed(p: EditorProps): ReactElement {
  return (
    <p className="quiet" id={p.id}>
      The selected nodes have different values here.
    </p>
  );
}

const starts = ['rate(5 minutes)', 'rate(1 hour)', 'rate(1 day)', 'cron(0 8 * * ? *)', 'cron(0 9 ? * MON-FRI *)'];

function LineEditor(p: EditorProps): ReactElement {
  const { field } = p;
  const [shown, setShown] = useState(false);
  const d = useDraft(
    p.mixed ? '' : textOf(field, p.value),
    (text) => {
      p.onChange(valueFrom(field, text));
    },
    (text) => textOf(field, valueFrom(field, text)),
  );
  const keyDown = (e: KeyboardEvent): void => {
    e.stopPropagation();
    if (e.key === 'Enter') d.flush();
    if (field.type !== 'number' || (e.key !== 'ArrowUp' && e.key !== 'ArrowDown')) return;
    const now = Number(d.value === '' ? (field.default ?? field.min ?? 0) : d.value);
    if (!Number.isFinite(now)) return;
    e.preventDefault();
    const step = (field.step ?? 1) * (e.shiftKey ? 10 : 1);
    const next = now + (e.key === 'ArrowUp' ? step : -step);
    const rounded = Math.round(next * 1e9) / 1e9;
    d.onChange(String(Math.min(field.max ?? Infinity, Math.max(field.min ?? -Infinity, rounded))));
  };
  const mono = field.type === 'path' || field.type === 'cron';
  return (
    <div className="line-editor">
      <input
        id={p.id}
        className={`input ${mono ? 'mono' : ''}`}
        // Browsers offer to keep what is typed into a password field; a text that is dotted out is left alone.
        type="text"
        data-secret={field.sensitive && !shown ? true : undefined}
        inputMode={field.type === 'number' ? 'decimal' : undefined}
        role={field.type === 'number' ? 'spinbutton' : undefined}
        aria-valuenow={
          field.type === 'number' && typeof (p.value ?? field.default) === 'number'
            ? ((p.value ?? field.default) as number)
            : undefined
        }
        aria-valuemin={field.type === 'number' ? field.min : undefined}
        aria-valuemax={field.type === 'number' ? field.max : undefined}
        aria-label={p.label}
        aria-describedby={p.describedBy}
        aria-invalid={p.invalid}
        aria-required={field.required}
        list={field.type === 'cron' ? `${p.id}-list` : undefined}
        autoComplete="off"
        spellCheck={false}
        disabled={p.disabled}
        placeholder={p.mixed ? mixedText : defaultText(field) || p.hint}
        value={d.value}
        onChange={(e) => {
          d.onChange(e.target.value);
        }}
        onBlur={d.onBlur}
        onKeyDown={keyDown}
      />
      {field.type === 'cron' && (
        <datalist id={`${p.id}-list`}>
          {starts.map((s) => (
            <option key={s} value={s} />
          ))}
        </datalist>
      )}
      {field.type === 'path' && <FolderButton label={p.label} disabled={p.disabled} onChoose={p.onChange} />}
      {field.references && <ReferencePicker label={p.label} disabled={p.disabled} onChange={p.onChange} />}
      {field.unit && <span className="line-unit">{field.unit}</span>}
      {field.sensitive && (
        <IconButton
          icon={shown ? 'lock' : 'search'}
          label={shown ? `Hide ${p.label}` : `Show ${p.label}`}
          pressed={shown}
          size={14}
          onClick={() => {
            setShown(!shown);
          }}
        />
      )}
    </div>
  );
}

function AreaEditor(p: EditorProps): ReactElement {
  const { field } = p;
  const d = useDraft(
    p.mixed ? '' : textOf(field, p.value),
    (text) => {
      p.onChange(valueFrom(field, text));
    },
    (text) => textOf(field, valueFrom(field, text)),
  );
  return (
    <textarea
      id={p.id}
      className="area"
      rows={Math.min(16, Math.max(3, d.value.split('\n').length + 1))}
      aria-label={p.label}
      aria-describedby={p.describedBy}
      aria-invalid={p.invalid}
      aria-required={field.required}
      spellCheck
      disabled={p.disabled}
      placeholder={p.mixed ? mixedText : defaultText(field)}
      value={d.value}
      onChange={(e) => {
        d.onChange(e.target.value);
      }}
      onBlur={d.onBlur}
      onKeyDown={(e) => {
        e.stopPropagation();
      }}
    />
  );
}

function CodeField(p: EditorProps): ReactElement {
  const { field } = p;
  const d = useDraft(
    p.mixed ? '' : textOf(field, p.value),
    (text) => {
      p.onChange(valueFrom(field, text));
    },
    (text) => textOf(field, valueFrom(field, text)),
  );
  const json = field.type === 'json';
  return (
    <CodeEditor
      id={p.id}
      text={d.value}
      language={json ? 'json' : ''}
      label={p.label}
      describedBy={p.describedBy}
      invalid={p.invalid}
      readOnly={p.disabled}
      hint={p.mixed ? mixedText : defaultText(field)}
      mark={json && d.value.trim() !== '' ? jsonError(d.value) : null}
      onChange={d.onChange}
      onBlur={d.onBlur}
    />
  );
}

function FlagEditor(p: EditorProps): ReactElement {
  const on = (p.value ?? p.field.default) === true;
  return (
    <div className="flag-editor">
      <Switch id={p.id} label={p.label} checked={!p.mixed && on} disabled={!!p.disabled} onChange={p.onChange} />
      <span className="quiet">{p.mixed ? mixedText : on ? 'On' : 'Off'}</span>
    </div>
  );
}

/** Stand-ins of a select, which knows nothing but texts. */
const unset = '\u0000unset';
const several = '\u0000mixed';

function ChoiceEditor(p: EditorProps): ReactElement {
  const options = p.field.options ?? [];
  const value = p.mixed ? several : p.value == null ? unset : textOf(p.field, p.value);
  const standard = defaultText(p.field);
  return (
    <select
      id={p.id}
      className="select"
      aria-label={p.label}
      aria-describedby={p.describedBy}
      aria-invalid={p.invalid}
      aria-required={p.field.required}
      disabled={p.disabled}
      value={value}
      onChange={(e) => {
        if (e.target.value !== several) p.onChange(e.target.value === unset ? undefined : e.target.value);
      }}
      onKeyDown={(e) => {
        e.stopPropagation();
      }}
    >
      {p.mixed && <option value={several}>{mixedText}</option>}
      <option value={unset}>{standard ? `${standard} (default)` : p.hint ? p.hint : '–'}</option>
      {!p.mixed && p.value != null && !options.includes(value) && <option value={value}>{value} (not offered)</option>}
      {options.map((o) => (
        <option key={o} value={o}>
          {o}
          {p.field.unit ? ` ${p.field.unit}` : ''}
        </option>
      ))}
    </select>
  );
}

function ColorEditor(p: EditorProps): ReactElement {
  const value = p.mixed ? '' : textOf(p.field, p.value ?? p.field.default);
  const options = p.field.options ?? [];
  const go = (e: KeyboardEvent, by: number): void => {
    const next = options[(Math.max(0, options.indexOf(value)) + by + options.length) % options.length];
    if (!next) return;
    e.preventDefault();
    p.onChange(next);
    const group = e.currentTarget;
    requestAnimationFrame(() => group.querySelector<HTMLElement>(`[data-color="${CSS.escape(next)}"]`)?.focus());
  };
  return (
    <div
      id={p.id}
      role="radiogroup"
      className="swatches"
      aria-label={p.label}
      aria-describedby={p.describedBy}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === 'ArrowRight' || e.key === 'ArrowDown') go(e, 1);
        if (e.key === 'ArrowLeft' || e.key === 'ArrowUp') go(e, -1);
      }}
    >
      {options.map((o, i) => (
        <button
          key={o}
          type="button"
          role="radio"
          className={`swatch swatch-${o}`}
          data-color={o}
          aria-checked={o === value}
          aria-label={o}
          title={o}
          tabIndex={o === value || (!options.includes(value) && i === 0) ? 0 : -1}
          disabled={p.disabled}
          onClick={() => {
            p.onChange(o);
          }}
        />
      ))}
    </div>
  );
}
