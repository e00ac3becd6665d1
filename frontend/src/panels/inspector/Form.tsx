// A form that is made of fields: in groups, with a search where there are many, each field with its default, range, help
// and what is wrong with it.
import { type ReactElement, useId, useState } from 'react';
import type { Finding } from '../../bridge/api';
import { problem } from '../../catalog/fields';
import type { Field } from '../../catalog/types';
import type { Props } from '../../design/types';
import { sentence } from '../../session/toasts';
import { IconButton } from '../../ui/controls';
import { External } from '../parts/External';
import { without } from '../parts/name';
import { Editor } from './editors';
import { Runs } from './Runs';
import { groups, jsonProblem, rangeText, scheduleProblem, shared } from './values';

interface FormProps {
  fields: readonly Field[];
  /** The properties of each record that is edited at once. */
  records: readonly (Props | undefined)[];
  findings?: readonly Finding[];
  /** The record's name, which the findings need not repeat. */
  name?: string;
  disabled: boolean;
  /** undefined takes the value away, so that the default counts. */
  onSet: (field: Field, value: unknown) => void;
}

/** From so many fields on, a search is worth its place. */
const many = 9;

export function Form(p: FormProps): ReactElement {
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (f: Field): boolean => {
    const text = `${f.title} ${f.name} ${f.help ?? ''} ${f.group ?? ''}`.toLowerCase();
    return words.every((w) => text.includes(w));
  };
  const found = groups(p.fields.filter(fits));
  const wrong = (f: Field): boolean => (p.findings ?? []).some((x) => x.field === f.name);
  return (
    <div className="fields">
      {p.fields.length >= many && (
        <input
          className="input fields-search"
          type="search"
          placeholder="Find a property"
          aria-label="Find a property"
          value={query}
          onChange={(e) => {
            setQuery(e.target.value);
          }}
          onKeyDown={(e) => {
            e.stopPropagation();
            if (e.key === 'Escape') setQuery('');
          }}
        />
      )}
      {found.length === 0 && words.length > 0 && (
        <p className="quiet fields-none">No property matches “{query.trim()}”.</p>
      )}
      {found.map((g) =>
        g.title === '' ? (
          g.fields.map((f) => <FieldRow key={f.name} field={f} form={p} />)
        ) : (
          <Section
            key={`${g.title} ${String(words.length > 0)}`}
            title={g.title}
            open={words.length > 0 || g.fields.some((f) => wrong(f) || p.records.some((r) => r?.[f.name] != null))}
          >
            {g.fields.map((f) => (
              <FieldRow key={f.name} field={f} form={p} />
            ))}
          </Section>
        ),
      )}
    </div>
  );
}

/** A part of the inspector that folds. open is only where it starts. */
export function Section(props: {
  title: string;
  open: boolean;
  children: React.ReactNode;
  badge?: React.ReactNode;
}): ReactElement {
  const [open, setOpen] = useState(props.open);
  return (
    <details
      className="fields-group"
      open={open}
      onToggle={(e) => {
        setOpen(e.currentTarget.open);
      }}
    >
      <summary className="section-title">
        {props.title} {props.badge}
      </summary>
      {open && props.children}
    </details>
  );
}

/** What is wrong with a text that the editors of this folder read. */
function ownProblem(f: Field, value: unknown): string | null {
  return f.type === 'json' ? jsonProblem(value) : f.type === 'cron' ? scheduleProblem(value ?? f.default) : null;
}

/** The time zone of the form's schedules: what its field of that name says, else UTC. */
function zoneOf(p: FormProps): string {
  const f = p.fields.find((x) => x.name === 'timezone');
  const zone = f && shared(p.records, f.name);
  const value = zone && !zone.mixed ? (zone.value ?? f.default) : undefined;
  return typeof value === 'string' && value !== '' ? value : 'UTC';
}

function FieldRow({ field: f, form: p }: { field: Field; form: FormProps }): ReactElement {
  const id = useId();
  const [help, setHelp] = useState(false);
  const s = shared(p.records, f.name);
  const value = s.mixed ? undefined : s.value;
  const isSet = s.mixed || value !== undefined;
  const wrong = s.mixed ? null : (ownProblem(f, value) ?? problem(f, value ?? f.default));
  const remarks = (p.findings ?? []).filter((x) => x.field === f.name && !(wrong && x.severity === 'error'));
  const runs = f.type === 'cron' && !wrong && !s.mixed;
  const note = rangeText(f);
  const hasHelp = !!f.help || !!f.doc;
  const described = [wrong && `${id}-wrong`, (note || runs) && `${id}-note`, f.help && `${id}-help`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className={`field ${f.type === 'flag' ? 'field-flag' : ''}`} data-field={f.name}>
      <div className="field-head">
        <label htmlFor={id}>
          {f.title}
          {f.required && (
            <span className="field-required" title="Needed">
              {' '}
              *
            </span>
          )}
        </label>
        {!isSet && f.default != null && f.type !== 'flag' && f.type !== 'choice' && (
          <span className="field-default">default</span>
        )}
        {isSet && (
          <button
            type="button"
            className="field-reset"
            disabled={p.disabled}
            title={f.default == null ? 'Take the value away' : 'Go back to the default'}
            aria-label={f.default == null ? `Clear ${f.title}` : `Reset ${f.title} to its default`}
            onClick={() => {
              p.onSet(f, undefined);
            }}
          >
            {f.default == null ? 'Clear' : 'Reset'}
          </button>
        )}
        {hasHelp && (
          <IconButton
            icon="info"
            size={14}
            label={`Help about ${f.title}`}
            aria-expanded={help}
            aria-controls={`${id}-help`}
            onClick={() => {
              setHelp(!help);
            }}
          />
        )}
      </div>
      <Editor
        id={id}
        field={f}
        value={value}
        mixed={s.mixed}
        label={f.title}
        describedBy={described || undefined}
        invalid={!!wrong}
        disabled={p.disabled}
        onChange={(v) => {
          p.onSet(f, v);
        }}
      />
      {wrong && (
        <p id={`${id}-wrong`} className="field-wrong" role="alert">
          {wrong}
        </p>
      )}
      {remarks.map((x, i) => (
        <p key={i} className={`field-remark field-remark-${x.severity}`}>
          {sentence(without(p.name ?? '', x.message))} {x.hint && sentence(x.hint)}
        </p>
      ))}
      {runs && <Runs id={`${id}-note`} value={value ?? f.default} zone={zoneOf(p)} />}
      {note && (
        <p id={`${id}-note`} className="field-note">
          {note}
        </p>
      )}
      {hasHelp && (
        <p id={`${id}-help`} className="field-help" hidden={!help}>
          {f.help} {f.doc && <External url={f.doc}>Documentation</External>}
        </p>
      )}
    </div>
  );
}
